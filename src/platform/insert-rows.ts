import { copyRows } from "./copy-rows.ts";
import { change, type Tx } from "./db.ts";
import { camelCase, columnsOf, type Value } from "./statements.ts";

/** What a column gets of a row, and its type; none may itself be an array. */
export type InsertedColumns<Row> = Readonly<Record<string, readonly [type: string, of: (row: Row) => Value]>>;

// COPY is less work with a thousand rows, and its fixed cost is too much for one (ADR 0028); where between they meet was not measured.
export const copiedFrom = 100;

/**
 * Declares an insert of rows into a table, which answers how many it wrote: few go as arrays to a prepared statement,
 * many by COPY, and nothing else differs. A row that the table refuses fails the transaction. No rows send nothing.
 */
export function insertRows<Row>(
  name: string,
  table: string,
  columns: InsertedColumns<Row>,
): (tx: Tx, rows: readonly Row[]) => Promise<number> {
  const names = Object.keys(columns);
  const copied = Object.fromEntries(Object.entries(columns).map(([column, [, of]]) => [column, of]));
  const picks = Object.fromEntries(Object.entries(copied).map(([column, of]) => [camelCase(column), of]));
  const arrays = Object.entries(columns).map(([column, [type]]) => `:${camelCase(column)}::${type}[]`);
  const copy = copyRows<Row>(`${name}_by_copy`, table, copied);
  const insert = change<Tx, Record<string, Value[]>>(
    name,
    `insert into ${table} (${names.join(", ")}) select given.* from unnest(${arrays.join(", ")}) as given`,
  );
  return async (tx, rows) => {
    if (rows.length === 0) return 0;
    return rows.length < copiedFrom ? insert(tx, columnsOf(rows, picks)) : copy(tx, rows);
  };
}
