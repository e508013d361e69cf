import { defuse, isDefused, rejectedMembers, undefuse } from "./formula.ts";
import type { FilePlan } from "./reading.ts";
import { cellsOfRows, longestRow, RowSplitter } from "./split-rows.ts";

/** A rejected row as it stood in the file, and why it was. */
export interface RejectedRow {
  readonly line: number;
  readonly raw: string;
  readonly reasons: readonly string[];
}

/** The columns that we add: both there already, in a file of rejected rows that came back; one of them elsewhere; or none. */
function marksOf({ columns }: FilePlan): "last" | "elsewhere" | "none" {
  const names = columns.map(({ name }) => name);
  if (rejectedMembers.every((member, index) => names.at(index - rejectedMembers.length) === member)) return "last";
  return rejectedMembers.some((member) => names.includes(member)) ? "elsewhere" : "none";
}

/** The first line of the file of rejected rows; undefined for NDJSON, which has none. */
export function rejectedHeader(plan: FilePlan): string | undefined {
  if (plan.format === "ndjson") return undefined;
  const own = safeRow(plan, plan.header, cellsOf(plan, plan.header) ?? []);
  return marksOf(plan) === "none" ? [own, ...rejectedMembers].join(plan.delimiter) : own;
}

/**
 * The line of a rejected row, without its end: as it stood in the file, with its line and the reasons beside it, and no
 * cell that a spreadsheet would calculate. Corrected and uploaded again it is read as before; our reader leaves out what
 * was put beside it, and before such cells.
 */
export function rejectedRow(plan: FilePlan, { line, raw, reasons }: RejectedRow): string {
  const reason = reasons.join(" ");
  if (plan.format === "ndjson") return rejectedJson(raw, line, reason);
  const marks = marksOf(plan);
  const cells = cellsOf(plan, raw);
  const hasMarks = marks === "last" && cells !== undefined && endsInMarks(plan, cells);
  const own = cells === undefined ? quoteCell(defuse(raw)) : safeRow(plan, raw, cells, hasMarks);
  // Whoever moved our columns has the old reasons still.
  return marks === "elsewhere" ? own : [own, line, quoteCell(defuse(reason))].join(plan.delimiter);
}

/** Whether our marks stand at the end of a row, which may have fewer cells than it should, or be one cell of a broken row. */
function endsInMarks({ columns }: FilePlan, cells: readonly string[]): boolean {
  if (cells.length >= columns.length) return cells.length === columns.length;
  const [line = "", reason = ""] = cells.slice(-rejectedMembers.length);
  return cells.length > rejectedMembers.length && /^\d+$/.test(line) && /\s\S+\.$/.test(reason);
}

/** A row as it stood, but for cells that a spreadsheet would calculate; without the marks of an earlier time. */
function safeRow(plan: FilePlan, raw: string, cells: readonly string[], hasMarks = false): string {
  const kept = hasMarks ? cells.slice(0, -rejectedMembers.length) : cells;
  const safe = kept.map((cell) => defuse(isDefused(plan) ? undefuse(cell) : cell));
  if (safe.some((cell, index) => cell !== kept[index])) return safe.map(cellText(plan)).join(plan.delimiter);
  return hasMarks ? withoutLast(raw, cells, plan.delimiter) : raw;
}

function cellText({ delimiter }: FilePlan): (cell: string) => string {
  return (cell) => (cell.includes(delimiter) || /["\r\n]/.test(cell) ? quoteCell(cell) : cell);
}

/** A row without its last two cells, whose text is known: it stands there with quotes or without. */
function withoutLast(raw: string, cells: readonly string[], delimiter: string): string {
  return rejectedMembers.reduce((rest, _member, index) => {
    const cell = cells.at(-1 - index) ?? "";
    const end = [delimiter + quoteCell(cell), delimiter + cell].find((end) => rest.endsWith(end)) ?? "";
    return rest.slice(0, rest.length - end.length);
  }, raw);
}

function quoteCell(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** The cells of a row; undefined when its quotes are broken. */
function cellsOf({ delimiter }: FilePlan, raw: string): readonly string[] | undefined {
  const splitter = new RowSplitter(delimiter);
  splitter.push(raw);
  splitter.end();
  const row = splitter.next();
  return row?.broken === null ? cellsOfRows([row], delimiter, longestRow)[0] : undefined;
}

const ownMarks = /^\s*\{"import_line":\d+,"import_reason":"(?:[^"\\]|\\.)*",?/u;

/** An object keeps its text; what is none is kept as a text in one. Marks of an earlier time give way to the new ones. */
function rejectedJson(raw: string, line: number, reason: string): string {
  const marks = `"import_line":${line},"import_reason":${JSON.stringify(reason)}`;
  const own = raw.replace(ownMarks, "{");
  const isObject = /^\s*\{[\s\S]*\}\s*$/u.test(own);
  if (!isObject) return `{${marks},"line":${JSON.stringify(raw)}}`;
  if (rejectedMembers.some((member) => own.includes(`"${member}"`))) return raw; // Somebody moved them: the old ones stand.
  const rest = own.trim().slice(1);
  return rest.trim() === "}" ? `{${marks}}` : `{${marks},${rest}`;
}
