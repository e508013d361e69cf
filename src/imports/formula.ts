import type { FilePlan } from "./reading.ts";

/** What the rejected rows of a file have beside their own cells or members: where they stood, and why. */
export const rejectedMembers = ["import_line", "import_reason"] as const;

/** What a spreadsheet would calculate, defused or not. Source: ASVS 5.0, 1.2.10. */
const formula = /^'*[=+\-@\t\r]/;
const defused = /^'+[=+\-@\t\r]/;
const number = /^[+-]?\d[\d.,]*$/; // A spreadsheet shows it as it is, and -2 is what people look for among rejected rows.

/**
 * The text of a cell that no spreadsheet calculates: one more ' stands before what could begin a formula. `undefuse` gives
 * back whatever it was.
 */
export function defuse(text: string): string {
  return formula.test(text) && !number.test(text) ? `'${text}` : text;
}

/** The text that a cell had before it was defused. */
export function undefuse(cell: string): string {
  return defused.test(cell) ? cell.slice(1) : cell;
}

/** Whether columns of these names are those of a file of rejected rows. */
export function isOfRejected(names: readonly string[]): boolean {
  return rejectedMembers.some((member) => names.includes(member));
}

/** Whether the cells of a file were defused when we wrote it: our export, and files of rejected rows. */
export function isDefused({ dialect, columns }: Pick<FilePlan, "dialect" | "columns">): boolean {
  return dialect === "orderwell" || isOfRejected(columns.map(({ name }) => name));
}
