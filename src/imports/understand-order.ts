import { checkOrderDraft, type OrderDraft, readOrderDraft } from "../orders/index.ts";
import type { Fault } from "../platform/errors.ts";
import { groupingField } from "./columns.ts";
import { explainFault } from "./explain-fault.ts";
import { faultOf, type RowFaultCode, rowFaults } from "./fault.ts";
import { gatherValues, type OrderValues } from "./gather-values.ts";
import type { Field, ImportOptions } from "./import-options.ts";
import { type CellRow, columnOf, type Layout, textOf } from "./layout.ts";
import { cellFault, type Money } from "./read-amounts.ts";
import { type LineReading, readLine } from "./read-line.ts";
import { cancellationFault, cancellationOf, type OrderPart, readMoney, readOrderValues } from "./read-order-values.ts";
import { mostRowsOfOrder, type ReadOrder, type ReadRow, type RowFault } from "./reading.ts";
import { longestRow } from "./split-rows.ts";

/** What is wrong with the rows of an order, and which of them are left out. */
class Findings {
  readonly #faults = new Map<CellRow, RowFault[]>();
  readonly dropped = new Set<CellRow>();

  get none(): boolean {
    return this.#faults.size === 0;
  }

  add(row: CellRow, fault: RowFault): void {
    const faults = this.#faults.get(row);
    if (faults) faults.push(fault);
    else this.#faults.set(row, [fault]);
  }

  rowOf(row: CellRow): ReadRow {
    const { rowNo, line, raw } = row;
    return { rowNo, line, raw, faults: this.#faults.get(row) ?? [], dropped: this.dropped.has(row) };
  }
}

/** What a draft may lack, as the import's options have it. */
export function draftRules({ missing_email: missingEmail, zero_price: zeroPrice }: ImportOptions) {
  return { missingEmail, zeroPrice };
}

/**
 * Understands rows of one order: what will be placed, or everything that is wrong, each fault on the row where it stands.
 * `tooMany` says that the order has more rows than these.
 */
export function understandOrder(layout: Layout, rows: readonly CellRow[], tooMany: boolean): ReadOrder {
  const found = new Findings();
  const sound = rows.filter((row) => isSound(layout, row, found));
  if (tooMany || rows.length > mostRowsOfOrder) addTo(found, rows[0], tooManyRows());
  const { values, disagreements } = gatherValues(layout, sound);
  for (const { row, fault } of disagreements) found.add(row, fault);
  const identity = {
    reference: referenceOf(layout, rows, values),
    source: sourceOf(layout, values, found),
    uid: uidOf(layout, values, found),
  };
  const making = makeDraft(layout, { rows: sound, values, found });
  if (layout.key !== null && identity.reference === null && identity.uid === null)
    addTo(found, rows[0], referenceMissing(layout));
  const isWhole = found.none && making !== null;
  return {
    ...identity,
    rows: rows.map((row) => found.rowOf(row)),
    draft: isWhole ? making.draft : null,
    unpaid: isWhole && making.unpaid,
  };
}

function addTo(found: Findings, row: CellRow | undefined, fault: RowFault): void {
  if (row !== undefined) found.add(row, fault);
}

/** Whether a row has the cells that it must have; says what is wrong when not. */
function isSound(layout: Layout, row: CellRow, found: Findings): boolean {
  const code = unsoundness(layout, row);
  if (code === undefined) return true;
  found.add(row, faultOf(code, null, null, unsoundDetail(layout, row, code)));
  return false;
}

function unsoundness({ width }: Layout, { raw, cells, broken }: CellRow): RowFaultCode | undefined {
  if (broken !== null) return broken;
  if (/[\0\ufffd]/u.test(raw)) return "text_unreadable";
  if (cells.length === width) return undefined;
  return cells.length < width ? "cells_missing" : "cells_too_many";
}

function unsoundDetail({ width, plan }: Layout, { line, cells }: CellRow, code: RowFaultCode): string {
  const said = rowFaults[code];
  if (code === "row_too_long") return `${said} Shorten it to ${longestRow} characters.`;
  if (code === "quote_unclosed") return `${said} It is on line ${line}; close it, or remove it.`;
  if (code === "quote_misplaced")
    return `${said} The cell begins on line ${line}; double the quotation marks inside of it.`;
  if (code === "text_unreadable")
    return `${said} Correct them, or say which encoding the file has; it was read as ${plan.encoding}.`;
  if (code === "cells_missing") return `${said} It has ${cells.length} and should have ${width}. Add what is missing.`;
  return `${said} It should have ${width}. Put quotation marks around a cell that has "${plan.delimiter}" in it.`;
}

/** What is wrong with an order that has too many rows, or too long ones. */
export function tooManyRows(): RowFault {
  const detail = `${rowFaults.too_many_rows} Split it into orders of ${mostRowsOfOrder} rows at most, or shorten them.`;
  return faultOf("too_many_rows", null, null, detail);
}

function referenceMissing(layout: Layout): RowFault {
  const column = columnOf(layout, groupingField(layout.plan.dialect));
  return faultOf("reference_missing", column, null, `"${column}" is empty. Write which order the row belongs to.`);
}

/** The reference; of rows that all are broken what stands in its column. */
function referenceOf(layout: Layout, rows: readonly CellRow[], values: OrderValues): string | null {
  const text = values.get("order_reference")?.text ?? textOf(layout, rows[0]?.cells ?? [], "order_reference");
  return text === "" ? null : text;
}

const longestSource = 200; // As an import's own.

/** Whose reference it is, as the file says; what the options say counts more. */
function sourceOf(layout: Layout, values: OrderValues, found: Findings): string | null {
  const given = values.get("source");
  if (given === undefined || layout.options.source !== undefined) return null;
  if (given.text.length <= longestSource) return given.text;
  const rest = `, which is longer than ${longestSource} characters. Shorten it, or give one for all in the options.`;
  found.add(given.row, cellFault(layout, { field: "source", text: given.text }, "value_invalid", rest));
  return null;
}

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

function uidOf(layout: Layout, values: OrderValues, found: Findings): string | null {
  const given = values.get("order_uid");
  if (given === undefined) return null;
  const uid = given.text.toLowerCase();
  if (uuid.test(uid)) return uid;
  const column = columnOf(layout, "order_uid");
  found.add(given.row, faultOf("uid_invalid", column, given.text, `"${column}" has no UUID. Leave it as it was.`));
  return null;
}

interface Gathered {
  readonly rows: readonly CellRow[];
  readonly values: OrderValues;
  readonly found: Findings;
}

interface Making {
  readonly draft: OrderDraft;
  readonly unpaid: boolean;
}

/** The order as it will be placed; null when something is wrong, or every row is left out. */
function makeDraft(layout: Layout, gathered: Gathered): Making | null {
  const { rows, values, found } = gathered;
  const [first] = rows;
  if (first === undefined) return null;
  const report = (field: Field, fault: RowFault) => found.add(values.get(field)?.row ?? first, fault);
  const cells = rows.map((row) => row.cells);
  const cancelled = cancellationOf(layout, values, cells);
  if (cancelled !== undefined) {
    if (layout.options.cancellations === "reject") report(cancelled.field, cancellationFault(layout, cancelled));
    else for (const row of rows) found.dropped.add(row);
    return null;
  }
  const money = readMoney(layout, values, report);
  const lines = rows.map((row) => lineOf(layout, row, { money, found }));
  if (money === null || found.dropped.size === rows.length) return null;
  const { part, unpaid } = readOrderValues(layout, values, { money, report });
  if (!found.none) return null;
  const draft = checkDraft(layout, { ...gathered, part, lines, money });
  return draft && { draft, unpaid };
}

function lineOf(layout: Layout, row: CellRow, { money, found }: { money: Money | null; found: Findings }): LineReading {
  const line = readLine(layout, row.cells, money);
  for (const fault of line.faults) found.add(row, fault);
  if (line.dropped) found.dropped.add(row);
  return line;
}

interface Parts extends Gathered {
  readonly part: OrderPart;
  readonly lines: readonly LineReading[];
  readonly money: Money;
}

/** The draft, when its form is one of a draft and its money adds up. */
function checkDraft(layout: Layout, parts: Parts): OrderDraft | null {
  const items = parts.lines.flatMap(({ item }) => (item === null ? [] : [item]));
  const checked = checkOrderDraft({ ...parts.part, items });
  if ("faults" in checked) return addFaults(layout, parts, { faults: checked.faults, kind: "form" });
  const read = readOrderDraft(checked.draft, draftRules(layout.options));
  return "faults" in read ? addFaults(layout, parts, { faults: read.faults, kind: "sum" }) : checked.draft;
}

/** Finds the row and the column that each fault of a draft came from. */
function addFaults(
  layout: Layout,
  { rows, values, found, money }: Parts,
  { faults, kind }: { faults: readonly Fault[]; kind: "form" | "sum" },
): null {
  const placed = rows.filter((row) => !found.dropped.has(row));
  const rowOf = (field: Field | null, item: number | null) =>
    item === null ? values.get(field ?? "ignore")?.row : placed[item];
  const written = (field: Field, item: number | null) => {
    const row = rowOf(field, item);
    return row === undefined ? "" : textOf(layout, row.cells, field);
  };
  for (const one of faults) {
    const { field, item, fault } = explainFault(one, kind, { layout, exponent: money.exponent, written });
    addTo(found, rowOf(field, item) ?? placed[0], fault);
  }
  return null;
}
