import pg from "pg";

/** Tables that an order leaves rows in; `events.appended` empties as the feed fills. */
const tables = [
  "orders.orders",
  "orders.order_items",
  "payments.payment_attempts",
  "payments.money_entries",
  "payments.sandbox_payments",
  "fulfillment.provider_orders",
  "events.events",
  "graphile_worker._private_jobs",
] as const;

/** How many rows stand in each table: both sides of a ratio must leave the same for each order. */
export async function countRows(url: string): Promise<Map<string, number>> {
  return withClient(url, async (client) => {
    const counts = new Map<string, number>();
    for (const table of tables) {
      const found = await client.query<{ rows: string }>(`select count(*) as rows from ${table}`);
      counts.set(table, Number(found.rows[0]?.rows));
    }
    return counts;
  });
}

/** How much is left to do: jobs, and events without a place in the feed. */
export async function countBacklog(url: string): Promise<number> {
  return withClient(url, async (client) => {
    const found = await client.query<{ left: string }>(`
      select (select count(*) from graphile_worker._private_jobs) + (select count(*) from events.appended) as left`);
    return Number(found.rows[0]?.left);
  });
}

/** Empties the queue, so that one measurement's jobs are not done in the next one's time. */
export async function dropJobs(url: string): Promise<void> {
  await withClient(url, (client) => client.query("truncate graphile_worker._private_jobs"));
}

export async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, application_name: "bench" });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
