import type { Tx } from "./db.ts";
import { declareStatement, plainText, type Value } from "./statements.ts";

/** What a column gets of a row, by the column's name in the table. */
export type CopiedColumns<Row> = Readonly<Record<string, (row: Row) => Value>>;

/** Rows go out in pieces of about so much text: larger ones cost memory twice, smaller ones a message each. */
const pieceCharacters = 65_536;

const special = /[\\\n\r\t]/;
const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * A cell of COPY's text format: what would end it, or begin an escape, is escaped. Most have nothing to escape. A value
 * that is missing, against its type, would be written as a word.
 */
function cell(value: Value | undefined): string {
  if (value === null) return "\\N";
  if (value === undefined) throw new Error("A row that is copied has no value for a column.");
  const text = plainText(value);
  return special.test(text) ? text.replace(/[\\\n\r\t]/g, (character) => escapes[character] as string) : text;
}

/** By index and without lists in between: a chunk of a file is tens of thousands of cells. */
function* piecesOf<Row>(rows: readonly Row[], picks: readonly ((row: Row) => Value)[]): Generator<Buffer> {
  let text = "";
  for (const row of rows) {
    for (let column = 0; column < picks.length; column += 1) {
      if (column > 0) text += "\t";
      text += cell((picks[column] as (row: Row) => Value)(row));
    }
    text += "\n";
    if (text.length < pieceCharacters) continue;
    yield Buffer.from(text);
    text = "";
  }
  if (text !== "") yield Buffer.from(text);
}

/**
 * Declares a COPY into a table: many rows in one statement of an open transaction, for less than an insert of arrays
 * costs. It answers how many it wrote; a row that the table refuses fails the transaction. Triggers and constraints
 * hold as for any insert. No rows send nothing.
 */
export function copyRows<Row>(
  name: string,
  table: string,
  columns: CopiedColumns<Row>,
): (tx: Tx, rows: readonly Row[]) => Promise<number> {
  const text = declareStatement(name, `copy ${table} (${Object.keys(columns).join(", ")}) from stdin`);
  const picks = Object.values(columns);
  return async (tx, rows) => (rows.length === 0 ? 0 : tx.copy(text, [...piecesOf(rows, picks)]));
}
