import type { OrderDraft } from "../orders/index.ts";
import { exponentOf } from "../platform/money.ts";
import { exampleTime, parseTime } from "./calendar.ts";
import { faultOf } from "./fault.ts";
import type { OrderValues } from "./gather-values.ts";
import type { Field } from "./import-options.ts";
import { columnOf, type Layout, textAt } from "./layout.ts";
import { cellFault, type Money, readAmount, type Written } from "./read-amounts.ts";
import { readPaymentStatus, saidOf } from "./read-payment-status.ts";
import type { RowFault } from "./reading.ts";

/** All of a draft but its items. */
export type OrderPart = Omit<OrderDraft, "items">;
type Report = (field: Field, fault: RowFault) => void;

/** Why an order counts as cancelled; undefined when it does not. */
export function cancellationOf(
  layout: Layout,
  values: OrderValues,
  rows: readonly (readonly string[])[],
): (Written & { readonly why: string }) | undefined {
  const date = values.get("cancelled_at")?.text ?? "";
  if (date !== "") return { field: "cancelled_at", text: date, why: ", so the order was cancelled" };
  const status = values.get("payment_status")?.text ?? "";
  if (saidOf(status) === "cancelled") return { field: "payment_status", text: status, why: "" };
  const text = values.get("order_reference")?.text ?? "";
  // A shop may number its orders so too; then nothing is given back.
  const isReturn =
    /^C\d+$/.test(text) && rows.some((cells) => /^\s*[-－]/u.test(textAt(layout, cells, layout.at.get("quantity"))));
  return isReturn
    ? { field: "order_reference", text, why: " with negative quantities, which cancels an order" }
    : undefined;
}

export function cancellationFault(layout: Layout, found: Written & { readonly why: string }): RowFault {
  return cellFault(layout, found, "cancellation", `${found.why}. Remove it, or import with \`cancellations: drop\`.`);
}

/** The currency of an order; null when it has none that there is. */
export function readMoney(layout: Layout, values: OrderValues, report: Report): Money | null {
  const text = values.get("currency")?.text;
  const currency = text?.toUpperCase() ?? layout.options.currency;
  if (currency === undefined) {
    const column = columnOf(layout, "currency");
    const detail = `"${column}" is empty. Write the currency, like EUR, or give one for all in the options.`;
    report("currency", faultOf("currency_missing", column, null, detail));
    return null;
  }
  const exponent = exponentOf(currency);
  if (exponent !== undefined) return { currency, exponent };
  const written = { field: "currency", text: text ?? currency } as const;
  report(
    "currency",
    cellFault(layout, written, "currency_unknown", ", which is no code of ISO 4217. Write it like EUR."),
  );
  return null;
}

/** Reads what an order's rows say of it beside its lines, and tells of everything that is wrong. */
export function readOrderValues(
  layout: Layout,
  values: OrderValues,
  given: { readonly money: Money; readonly report: Report },
): { part: OrderPart; unpaid: boolean } {
  const { money, report } = given;
  const textOf = (field: Field) => values.get(field)?.text ?? "";
  const part: OrderPart = { currency: money.currency };
  const email = textOf("customer_email");
  if (email !== "") part.customer_email = email;
  else if (layout.options.missing_email === "reject") report("customer_email", emailMissing(layout));
  if (textOf("customer_name") !== "") part.customer_name = textOf("customer_name");
  if (textOf("customer_reference") !== "") part.customer_reference = textOf("customer_reference");
  if (textOf("order_reference") !== "") part.external_reference = textOf("order_reference");
  readLanguage(layout, textOf("locale"), { part, report });
  readAmounts(layout, textOf, { part, money, report });
  const orderedAt = readMoment(layout, { field: "ordered_at", text: textOf("ordered_at") }, report);
  if (orderedAt !== undefined) part.ordered_at = orderedAt;
  return { part, unpaid: readPayment(layout, textOf, { part, money, report }) };
}

function emailMissing(layout: Layout): RowFault {
  const column = columnOf(layout, "customer_email");
  const detail = `"${column}" is empty. Write the customer's address, or import with \`missing_email: accept\`.`;
  return faultOf("email_missing", column, null, detail);
}

interface Making {
  readonly part: OrderPart;
  readonly report: Report;
}

const languages = new Map<string, "en" | "ja">([
  ["en", "en"],
  ["ja", "ja"],
]);

function readLanguage(layout: Layout, text: string, { part, report }: Making): void {
  if (text === "") return;
  const language = languages.get(text.toLowerCase().split(/[-_]/, 1)[0] ?? "");
  if (language !== undefined) part.locale = language;
  else {
    const rest = "; customers are told in en or ja. Write one of them, or map the column to `ignore`.";
    report("locale", cellFault(layout, { field: "locale", text }, "locale_unknown", rest));
  }
}

const amounts = [
  ["order_discount", "discount_amount"],
  ["order_tax", "tax_amount"],
  ["shipping", "shipping_amount"],
  ["order_total", "total_amount"],
] as const;

type Texts = (field: Field) => string;

function readAmounts(layout: Layout, textOf: Texts, { part, money, report }: Making & { money: Money }): void {
  for (const [field, member] of amounts) {
    const text = textOf(field);
    if (text === "" || (field === "order_tax" && layout.options.tax === "included")) continue;
    const amount = readAmount(layout, { field, text }, money);
    if (typeof amount === "number") part[member] = amount;
    else report(field, amount);
  }
}

/** Whether the order is to be placed unpaid though payments are recorded. */
function readPayment(layout: Layout, textOf: Texts, { part, money, report }: Making & { money: Money }): boolean {
  const refunded = textOf("order_refunded");
  const returned = refunded === "" ? 0 : readAmount(layout, { field: "order_refunded", text: refunded }, money);
  if (typeof returned !== "number") report("order_refunded", returned);
  else if (returned > 0) {
    const rest = ": so much was given back. Remove the order, or correct its lines and write 0.";
    report("order_refunded", cellFault(layout, { field: "order_refunded", text: refunded }, "payment_returned", rest));
  }
  const status = readPaymentStatus(layout, textOf("payment_status"));
  if ("fault" in status) report("payment_status", status.fault);
  const unpaid = "unpaid" in status && status.unpaid;
  if (layout.options.payment === "charge") refusePaid(layout, textOf, report);
  if (layout.options.payment !== "recorded" || unpaid) return unpaid;
  if (textOf("payment_reference") !== "") part.payment_reference = textOf("payment_reference");
  const paidAt = readMoment(layout, { field: "paid_at", text: textOf("paid_at") }, report);
  if (paidAt !== undefined) part.paid_at = paidAt;
  return unpaid;
}

/** An order with a date of its payment is not charged again, unless its status says that it waits for it. */
function refusePaid(layout: Layout, textOf: Texts, report: Report): void {
  const text = textOf("paid_at");
  if (text === "" || textOf("payment_status") !== "") return;
  const rest = ", so it is not charged again. Import it with `payment: recorded`, or map the column to `ignore`.";
  report("paid_at", cellFault(layout, { field: "paid_at", text }, "payment_made", rest));
}

function readMoment(layout: Layout, written: Written, report: Report): string | undefined {
  if (written.text === "") return undefined;
  const time = parseTime(written.text, layout.locale);
  const moment = time === undefined ? null : layout.clock(time);
  if (moment !== null) return new Date(moment).toISOString();
  const rest =
    time === undefined
      ? `, which is no time as this file writes them. Write it like ${exampleTime(layout.locale)}.`
      : `, which clocks in ${layout.options.time_zone} showed never or twice. Write it with its offset from UTC.`;
  report(written.field, cellFault(layout, written, "time_invalid", rest));
  return undefined;
}
