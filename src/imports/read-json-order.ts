import { parseStrictJson } from "../http/strict-json.ts";
import { checkOrderDraft, type OrderDraft, readOrderDraft } from "../orders/index.ts";
import { type Fault, Refusal } from "../platform/errors.ts";
import { faultOfJson } from "./explain-fault.ts";
import { faultOf, rowFaults, shorten } from "./fault.ts";
import { rejectedMembers } from "./formula.ts";
import type { CellRow, Layout } from "./layout.ts";
import type { ReadOrder, RowFault } from "./reading.ts";
import { longestRow } from "./split-rows.ts";
import { draftRules } from "./understand-order.ts";

/** Understands a line of NDJSON, which is one order. */
export function readJsonOrder(layout: Layout, row: CellRow): ReadOrder {
  const read = draftOf(layout, row);
  const draft = "draft" in read ? read.draft : null;
  const reference = read.value?.external_reference;
  const faults = "faults" in read ? read.faults : [];
  const { rowNo, line, raw } = row;
  return {
    reference: typeof reference === "string" ? reference : null,
    source: null,
    rows: [{ rowNo, line, raw, faults, dropped: false }],
    draft,
    uid: null,
    unpaid: false,
  };
}

type DraftReading = { readonly value: OrderDraft | null } & (
  | { readonly draft: OrderDraft }
  | { readonly faults: readonly RowFault[] }
);

function draftOf(layout: Layout, row: CellRow): DraftReading {
  if (row.broken !== null) return wrong(null, [tooLong()]);
  if (/[\0\ufffd]/u.test(row.raw)) return wrong(null, [faultOf("text_unreadable", null, null)]);
  const value = parseLine(row.raw);
  if ("code" in value) return wrong(null, [value]);
  const checked = checkOrderDraft(value);
  if ("faults" in checked) return wrong(value as OrderDraft, explain(checked.faults, value, "form"));
  const read = readOrderDraft(checked.draft, draftRules(layout.options));
  if ("faults" in read) return wrong(checked.draft, explain(read.faults, checked.draft, "sum"));
  const paid = layout.options.payment === "charge" ? paidFaults(checked.draft) : [];
  return paid.length > 0 ? wrong(checked.draft, paid) : { value: checked.draft, draft: checked.draft };
}

/** What says that an order was paid elsewhere: it is not charged again. */
function paidFaults(draft: OrderDraft): RowFault[] {
  const rest = ", so it is not charged again. Import it with `payment: recorded`, or take that out.";
  return (["payment_reference", "paid_at"] as const).flatMap((name) => {
    const value = draft[name];
    const detail = `"${name}" is "${shorten(value ?? "")}"${rest}`;
    return value === undefined ? [] : faultOf("payment_made", `/${name}`, value, detail);
  });
}

function wrong(value: OrderDraft | null, faults: readonly RowFault[]): DraftReading {
  return { value, faults };
}

function explain(faults: readonly Fault[], value: object, kind: "form" | "sum"): RowFault[] {
  return faults.map((fault) => faultOfJson(fault, value as OrderDraft, kind));
}

function tooLong(): RowFault {
  return faultOf("row_too_long", null, null, `${rowFaults.row_too_long} Shorten it to ${longestRow} characters.`);
}

/** The object of a line, without what we put beside its members when it was rejected before. */
function parseLine(raw: string): object | RowFault {
  try {
    const value = parseStrictJson(Buffer.from(raw));
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return faultOf("json_invalid", null, null, "The line is no object. Write one order on it, as a JSON object.");
    }
    for (const member of rejectedMembers) delete (value as Record<string, unknown>)[member];
    return value;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [fault] = error.extras.faults ?? [];
    const said =
      fault === undefined ? error.message.replace("The body", "The line") : `${fault.pointer}: ${fault.detail}`;
    return faultOf("json_invalid", fault?.pointer ?? null, null, `${said} Correct the line.`);
  }
}
