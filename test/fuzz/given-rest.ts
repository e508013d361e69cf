import type { Sql } from "../../src/platform/db.ts";
import { ask } from "../support/ask.ts";
import { eventually } from "../support/eventually.ts";

/** What is under way, by name. A job that was given up rests once its task is open. */
const leftovers = `
  select (select count(*) from orders.orders where status = 'payment_processing') as payments,
         (select count(*) from graphile_worker._private_jobs where is_available or locked_at is not null) as jobs,
         (select count(*) from graphile_worker._private_jobs as jobs
           where not is_available and locked_at is null
             and not exists (select from tasks.tasks where cause = format('job_failed job %s round %s', jobs.id, jobs.revision))
         ) as untold,
         (select count(*) from payments.refunds where state = 'requested') as refunds,
         (select count(*) from events.appended) as appended,
         (select count(*) from notifications.messages where state = 'queued') as letters`;

/** Returns when nothing is under way any more. */
export async function untilRest(sql: Sql): Promise<void> {
  let left = "";
  await eventually("nothing is under way", async () => {
    const [counts = {}] = await ask(sql, leftovers);
    left = Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
    return Object.values(counts).every((count) => count === 0n);
  }).catch((error: Error) => {
    throw new Error(`${error.message} Left: ${left}`, { cause: error });
  });
}

/** Puts jobs there that were given up. Tried again, each finds that there is nothing to do. */
export async function givenFailedJobs(sql: Sql, count: number): Promise<void> {
  await ask(
    sql,
    `insert into graphile_worker._private_jobs (task_id, payload, attempts, max_attempts, last_error)
     select id, json_build_object('gateway', 'sandbox', 'eventId', 'msg_given_up_' || number), 1, 1, 'Given up on purpose.'
       from graphile_worker._private_tasks
      cross join generate_series(1, $1::int) as number
      where identifier = 'work-webhook'`,
    [count],
  );
}
