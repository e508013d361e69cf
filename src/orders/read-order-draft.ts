import { parseTime, wrongTime } from "../http/parse-time.ts";
import type { Fault } from "../platform/errors.ts";
import { exponentOf, mostMinor } from "../platform/money.ts";
import { localeOf } from "./draft.ts";
import type { OrderItem } from "./order.ts";
import type { OrderDraft } from "./order-draft.ts";

/** What a draft may lack, as whoever sends it declared. */
export interface DraftRules {
  readonly missingEmail: "reject" | "accept";
  readonly zeroPrice: "reject" | "accept";
}

/** A draft whose money adds up, in minor units. */
export interface DraftedOrder {
  readonly externalReference: string | null;
  /** Empty when the customer has none. */
  readonly customerEmail: string;
  readonly customerName: string;
  readonly customerReference: string | null;
  readonly locale: string;
  readonly currency: string;
  readonly items: readonly OrderItem[];
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  readonly shippingMinor: bigint;
  readonly orderedAt: Date | null;
  readonly paymentReference: string | null;
  readonly paidAt: Date | null;
}

export type DraftReading = { readonly order: DraftedOrder } | { readonly faults: Fault[] };

/**
 * Reads a draft that has the form of one, or says everything that is wrong with its money. Nothing is rounded, and
 * whatever the draft states itself must be what its parts come to.
 */
export function readOrderDraft(draft: OrderDraft, rules: DraftRules): DraftReading {
  const faults: Fault[] = [];
  const items = draft.items.map((item, index) => readItem(item, index, { rules, faults }));
  const money = readMoney(draft, items, faults);
  const orderedAt = readTime(draft.ordered_at, "/ordered_at", faults);
  const paidAt = readTime(draft.paid_at, "/paid_at", faults);
  const customerEmail = draft.customer_email ?? "";
  if (customerEmail === "" && rules.missingEmail === "reject") {
    faults.push({ pointer: "/customer_email", detail: "The customer's e-mail address is missing." });
  }
  if (exponentOf(draft.currency) === undefined) {
    faults.push({ pointer: "/currency", detail: `"${draft.currency}" is not a currency code of ISO 4217.` });
  }
  if (faults.length > 0) return { faults };
  const order = {
    externalReference: draft.external_reference ?? null,
    customerEmail,
    customerName: draft.customer_name ?? "",
    customerReference: draft.customer_reference ?? null,
    locale: draft.locale ?? localeOf(undefined, draft.currency),
    currency: draft.currency,
    items,
    ...money,
    orderedAt,
    paymentReference: draft.payment_reference ?? null,
    paidAt,
  };
  return { order };
}

interface Reading {
  readonly rules: DraftRules;
  readonly faults: Fault[];
}

function readItem(item: OrderDraft["items"][number], index: number, { rules, faults }: Reading): OrderItem {
  const at = `/items/${index}`;
  const quantity = BigInt(item.quantity);
  const unitPriceMinor = BigInt(item.unit_price);
  const discountMinor = BigInt(item.discount_amount ?? 0);
  const grossMinor = quantity * unitPriceMinor;
  const lineTotalMinor = grossMinor - discountMinor;
  if (unitPriceMinor === 0n && rules.zeroPrice === "reject") {
    faults.push({ pointer: `${at}/unit_price`, detail: "The price is zero." });
  }
  if (grossMinor > mostMinor) {
    faults.push({
      pointer: at,
      detail: `The line is worth more than ${mostMinor} minor units, the most that one can.`,
    });
  }
  if (lineTotalMinor < 0n) {
    const detail = `The discount of ${discountMinor} is more than the line is worth, ${grossMinor}.`;
    faults.push({ pointer: `${at}/discount_amount`, detail });
  } else if (item.line_total !== undefined && BigInt(item.line_total) !== lineTotalMinor) {
    const detail = `Says ${item.line_total}; quantity times price less the discount is ${lineTotalMinor}.`;
    faults.push({ pointer: `${at}/line_total`, detail });
  }
  return {
    line: index + 1,
    sku: item.sku ?? `item-${index + 1}`,
    productName: item.product_name,
    quantity,
    unitPriceMinor,
    discountMinor,
    taxMinor: BigInt(item.tax_amount ?? 0),
    lineTotalMinor,
  };
}

type OrderMoney = Pick<DraftedOrder, "discountMinor" | "taxMinor" | "shippingMinor">;

/** What stands on the order beside its lines, and whether all of it comes to the total that is stated. */
function readMoney(draft: OrderDraft, items: readonly OrderItem[], faults: Fault[]): OrderMoney {
  const itemsMinor = items.reduce((sum, item) => sum + item.lineTotalMinor, 0n);
  const linesTaxMinor = items.reduce((sum, item) => sum + item.taxMinor, 0n);
  const discountMinor = BigInt(draft.discount_amount ?? 0);
  const shippingMinor = BigInt(draft.shipping_amount ?? 0);
  const taxMinor = draft.tax_amount === undefined ? linesTaxMinor : BigInt(draft.tax_amount);
  const money = { discountMinor, taxMinor, shippingMinor };
  if (faults.length > 0) return money; // Sums of lines that are wrong say nothing.

  const totalMinor = itemsMinor - discountMinor + taxMinor + shippingMinor;
  if (linesTaxMinor !== 0n && linesTaxMinor !== taxMinor) {
    faults.push({ pointer: "/tax_amount", detail: `Says ${taxMinor}; the taxes of the lines are ${linesTaxMinor}.` });
  }
  if (discountMinor > itemsMinor) {
    const detail = `The discount of ${discountMinor} is more than the lines are worth, ${itemsMinor}.`;
    faults.push({ pointer: "/discount_amount", detail });
  } else if (itemsMinor > mostMinor || totalMinor > mostMinor) {
    const detail = `The order is worth more than ${mostMinor} minor units, the most that one can.`;
    faults.push({ pointer: "/items", detail });
  } else if (draft.total_amount !== undefined && BigInt(draft.total_amount) !== totalMinor) {
    const sum = `lines ${itemsMinor} - discount ${discountMinor} + tax ${taxMinor} + shipping ${shippingMinor}`;
    faults.push({ pointer: "/total_amount", detail: `Says ${draft.total_amount}; ${sum} is ${totalMinor}.` });
  }
  return money;
}

function readTime(text: string | undefined, pointer: string, faults: Fault[]): Date | null {
  if (text === undefined) return null;
  const time = parseTime(text);
  if (!time) faults.push({ pointer, detail: wrongTime });
  return time ?? null;
}
