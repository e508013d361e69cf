import type { Fault } from "../platform/errors.ts";
import { uuidV5 } from "../platform/ids.ts";
import { exponentOf, mostMinor, parseMinor } from "../platform/money.ts";
import type { OrderItem } from "./order.ts";

/** An order as v1 takes it in: prices are decimals, kept as the text that was sent. */
export interface Draft {
  readonly customerEmail: string;
  readonly customerName: string;
  readonly currency: string;
  readonly items: readonly { productName: string; quantity: number; unitPrice: string }[];
}

export type DraftReading = { items: OrderItem[] } | { faults: Fault[] };

/**
 * Turns a draft into items in minor units, exactly, or says everything that is wrong with its money.
 * An amount that cannot be held exactly is refused, never rounded.
 */
export function readDraft(draft: Draft): DraftReading {
  const exponent = exponentOf(draft.currency);
  if (exponent === undefined) {
    return { faults: [{ pointer: "/currency", detail: `"${draft.currency}" is not a currency code of ISO 4217.` }] };
  }
  const faults: Fault[] = [];
  const items: OrderItem[] = [];
  let totalMinor = 0n;
  for (const [index, line] of draft.items.entries()) {
    const price = parseMinor(line.unitPrice, exponent);
    const fault = priceFault(price, draft.currency, exponent);
    if (typeof price !== "bigint" || fault !== undefined) {
      faults.push({ pointer: `/items/${index}/unit_price`, detail: fault ?? "This is not an amount." });
      continue;
    }
    const item = draftItem(line, index, price);
    totalMinor += item.lineTotalMinor;
    items.push(item);
  }
  if (faults.length === 0 && totalMinor > mostMinor) {
    faults.push({
      pointer: "/items",
      detail: `The order is worth more than ${mostMinor} minor units, the most that one can.`,
    });
  }
  return faults.length > 0 ? { faults } : { items };
}

function priceFault(price: ReturnType<typeof parseMinor>, currency: string, exponent: number): string | undefined {
  if (price === "not_a_decimal") return "This is not a decimal number.";
  if (price === "too_many_decimals") return `${currency} has ${exponent} decimals; the price has more.`;
  if (price < 0n) return "A price cannot be negative.";
  return price > mostMinor ? `A price can be ${mostMinor} minor units at most.` : undefined;
}

function draftItem(line: Draft["items"][number], index: number, unitPriceMinor: bigint): OrderItem {
  const quantity = BigInt(line.quantity);
  return {
    line: index + 1,
    sku: `item-${index + 1}`,
    productName: line.productName,
    quantity,
    unitPriceMinor,
    discountMinor: 0n,
    taxMinor: 0n,
    lineTotalMinor: quantity * unitPriceMinor,
  };
}

const customersByEmail = "6f72a3b0-5d0c-5e8f-9a41-0c1d3f1b7a52"; // A namespace of our own; any UUID would do, this one stays.

/** A customer without a row is known by the e-mail address. */
export function customerIdOf(email: string): string {
  return uuidV5(customersByEmail, email.toLowerCase());
}

const mostLanguages = 20; // Browsers send a handful.
const languageRange = /^\s*(en|ja)(?:-[a-z0-9-]*)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*$/i;

/**
 * The language to write in: of those that we write the one which the request likes best, else that of the currency's
 * country. Source: RFC 9110, 12.5.4.
 */
export function localeOf(acceptLanguage: string | undefined, currency: string): "en" | "ja" {
  let liked: { language: string; quality: number } | undefined;
  for (const range of (acceptLanguage ?? "").split(",", mostLanguages)) {
    const [, language, written = "1"] = languageRange.exec(range) ?? [];
    const quality = Number(written);
    if (language !== undefined && quality > (liked?.quality ?? 0))
      liked = { language: language.toLowerCase(), quality };
  }
  if (liked) return liked.language === "ja" ? "ja" : "en";
  return currency === "JPY" ? "ja" : "en";
}
