import type { SeededViolation } from "./seeded-violations.ts";

const uid = "019ab3c0-0000-7000-8000-000000000001";

/** An import of a file of four rows: two of order 1, which it placed, one rejected, one that was left out. */
const placed = `
  insert into imports.imports
    (import_id, uid, source, name, status, options, bytes, blob_key, content_hash, options_hash, generation, rows_read,
     rows_dropped, rows_placed, rows_rejected, orders_read, orders_dropped, orders_placed, orders_rejected, created_by,
     created_at, updated_at, ended_at)
  overriding system value
  values (2, '${uid}', 'shop', 'orders.csv', 'completed_with_errors', '{}', 100, 'imports/1', 'c', 'o', 1, 4, 1, 2, 1, 3, 1, 1, 1,
          'ann', now(), now(), now());
  insert into imports.import_orders (import_id, order_no, rows, live_rows, fragments, merged_into, order_id, exception)
  values (2, 1, 1, 2, 2, null, 1, null), (2, 2, 1, 1, 1, null, null, 'rejected'), (2, 3, 1, 0, 0, 1, 1, null),
         (2, 4, 1, 0, 1, null, null, 'dropped');
  insert into imports.import_rows (import_id, row_no, order_no, line, dropped, raw)
  select 2, row_no, row_no, row_no + 1, row_no = 4, 'A' from generate_series(1, 4) as row_no;
  update orders.orders set source = 'shop', csv_source = 'orders.csv', import_id = '${uid}', import_row = 1
   where order_id = 1;
`;

/** An import that is being placed, with its job or without. */
const running = (job: string) => `
  insert into imports.imports
    (uid, source, name, status, stage, options, bytes, blob_key, content_hash, options_hash, generation, created_by,
     created_at, updated_at)
  values ('${uid}', 'shop', 'orders.csv', 'running', 'placing', '{}', 100, 'imports/1', 'c', 'o', 1, 'ann', now(), now());
  ${job}`;

/** What breaks when imports are not looked after. */
export const seededImports: readonly SeededViolation[] = [
  {
    breaks: "I20",
    by: "an import that nobody works on",
    sql: running(""),
    says: `Import ${uid} is running, and no job works on it`,
  },
  {
    breaks: "I22",
    by: "a row that is gone",
    sql: `${placed}; delete from imports.import_rows where import_id = 2 and row_no = 3`,
    says: `Import ${uid} counts 4 rows and 3 orders; 3 rows are kept, and 3 orders of 4 rows`,
  },
  {
    breaks: "I22",
    by: "a row of two orders",
    sql: `${placed}; update imports.import_rows set order_no = 1 where import_id = 2 and row_no = 2`,
    says: `Import ${uid} has an order at row 2 of 1 rows, and the file has others there`,
  },
  {
    breaks: "I22",
    by: "an order of another source than its file's",
    sql: `${placed}; update orders.orders set source = 'market' where order_id = 1`,
    says: `Import ${uid} placed its row 1 as order 1, which did not come from there`,
  },
  {
    breaks: "I22",
    by: "an order that is counted as placed and is not",
    sql: `${placed}; update imports.imports set orders_placed = 2, orders_rejected = 0 where import_id = 2`,
    says: `Import ${uid} counts 2 orders of 2 rows as placed; there are 1 of 2`,
  },
  {
    breaks: "I22",
    by: "rows that are counted as rejected and are placed",
    sql: `${placed}; update imports.imports set rows_placed = 1, rows_rejected = 2 where import_id = 2`,
    says: `Import ${uid} counts 1 orders of 2 rows as rejected; there are 1 of 1`,
  },
  {
    breaks: "I22",
    by: "an order of an import that did not place it",
    sql: `${placed}; update orders.orders set source = 'shop', csv_source = 'orders.csv', import_id = '${uid}', import_row = 2
           where order_id = 2`,
    says: `Order 2 came from row 2 of import ${uid}, which did not place it`,
  },
  {
    breaks: "I22",
    by: "an order that a row claims and that came from elsewhere",
    sql: `${placed}; update orders.orders set import_id = null, import_row = null, csv_source = null where order_id = 1`,
    says: `Import ${uid} placed its row 1 as order 1, which did not come from there`,
  },
  {
    breaks: "I22",
    by: "a duplicate of an order that is not there",
    sql: `${placed}; update imports.imports set orders_rejected = 0, rows_rejected = 0, orders_duplicate = 1, rows_duplicate = 1
           where import_id = 2;
          update imports.import_orders set exception = 'duplicate', order_id = 999 where import_id = 2 and order_no = 2`,
    says: `Import ${uid} placed its row 2 as order 999`,
  },
  {
    breaks: "I22",
    by: "rows of one order that went different ways",
    sql: `${placed}; update imports.import_orders set exception = 'rejected' where import_id = 2 and order_no = 3`,
    says: `Import ${uid}: row 3 was put together with row 1, and became something else`,
  },
  {
    breaks: "I22",
    by: "a completed import of which a row waits",
    sql: `${placed}; alter table imports.imports drop constraint imports_completed_have_nothing_pending;
          update imports.import_orders set exception = null, draft = '{}' where import_id = 2 and order_no = 2;
          update imports.imports set orders_rejected = 0, rows_rejected = 0 where import_id = 2`,
    says: `Import ${uid} is completed_with_errors, and its row 2 waits`,
  },
];

/** The same, done as it should be: no invariant may find anything. */
export const soundImports: readonly { readonly what: string; readonly sql: string }[] = [
  { what: "an import whose rows were placed, rejected and left out", sql: placed },
  {
    what: "an import that is being placed by its job",
    sql: running(
      `select graphile_worker.add_job('run-import', '{"importUid":"${uid}"}'::json);
       update graphile_worker._private_jobs set run_at = now()`,
    ),
  },
  {
    what: "an import that rests",
    sql: `${running("")}; update imports.imports set paused_at = now() where uid = '${uid}'`,
  },
];
