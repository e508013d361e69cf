import assert from "node:assert/strict";
import { join } from "node:path";
import { getImport } from "../../src/imports/find-imports.ts";
import type { Import } from "../../src/imports/import.ts";
import type { ImportOptions } from "../../src/imports/import-options.ts";
import { runImport } from "../../src/imports/run-import.ts";
import { startImport } from "../../src/imports/start-import.ts";
import { fileBlobStore } from "../../src/platform/file-blob-client.ts";
import { prepareJobs } from "../../src/platform/jobs.ts";
import { ask } from "./ask.ts";
import { assertVerified, untilDrained } from "./check-books.ts";
import { eventually } from "./eventually.ts";
import { csvOf, receiveText } from "./given-csv.ts";
import { ann } from "./given-imports.ts";
import type { Site } from "./serve.ts";

/** Where an import is worked on. */
export type ImportSite = Pick<Site, "db" | "url" | "dataDir">;

const orders = 1_800;
const rejected = 18;

/** How many orders of the file are placed in the end. */
export const soundOrders = orders - rejected;

/** Three rows for each order, so that placing takes eleven pieces, more than twice as many as are placed at once; some stand apart, some are wrong. */
function fileText(): string {
  const [header, ...rows] = csvOf(orders, { rows: 3, wrongEvery: 100 }).trim().split("\n");
  return [
    header,
    ...rows.slice(30),
    ...rows.slice(0, 30).filter((_, row) => row % 3 === 0),
    ...rows.slice(0, 30).filter((_, row) => row % 3 > 0),
  ].join("\n");
}

/** Has the file received where processes of the site look for it. */
export async function receiveFile(
  site: ImportSite,
  options: Partial<ImportOptions> & { again?: boolean },
): Promise<Import> {
  await prepareJobs(site.db, [runImport]);
  const blobs = fileBlobStore(join(site.dataDir, "blobs"));
  return receiveText({ db: site.db, blobs }, fileText(), options);
}

/** Waits until the import is over, and starts it when it waits for that. */
export async function untilOver({ db }: ImportSite, { uid }: Import): Promise<Import> {
  const now = new Date();
  await eventually("the import is over", async () => {
    const { status } = await getImport(db, uid);
    if (status === "ready") await db.transaction((tx) => startImport(tx, { uid, by: ann }, now));
    return status.startsWith("completed") || status === "failed";
  });
  return getImport(db, uid);
}

/**
 * Waits until nothing is under way, and fails unless every row is accounted for, every sound order was placed and paid once,
 * and every invariant holds.
 */
export async function assertExact(site: ImportSite, done: Import): Promise<void> {
  await untilDrained(site.db);
  const { status, rowsRead, rowsPlaced, rowsRejected, ordersRead, ordersPlaced, ordersRejected, ordersDuplicate } =
    done;
  assert.deepEqual(
    { status, rowsRead, rowsPlaced, rowsRejected, ordersRead, ordersPlaced, ordersRejected, ordersDuplicate },
    {
      status: "completed_with_errors",
      rowsRead: orders * 3,
      rowsPlaced: soundOrders * 3,
      rowsRejected: rejected * 3,
      ordersRead: orders,
      ordersPlaced: soundOrders,
      ordersRejected: rejected,
      ordersDuplicate: 0,
    },
  );
  const [placed] = await ask(
    site.db,
    `select count(*) as orders, count(distinct external_reference) as known, sum(total_minor)::bigint as total,
            array_agg(distinct status) as statuses
       from orders.orders`,
  );
  const count = BigInt(soundOrders);
  assert.deepEqual(placed, { orders: count, known: count, total: count * 900n, statuses: ["paid"] });
  const events = await ask(site.db, "select type from events.events where stream_kind = 'import'");
  assert.deepEqual(events, [{ type: "ImportCompleted" }]);
  await assertVerified(site.url);
}
