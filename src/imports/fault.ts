import type { RowFault } from "./reading.ts";

/** Every kind of fault that reading a file finds, in words for people. */
export const rowFaults = {
  row_too_long: "The row is longer than one may be.",
  quote_unclosed: "A cell begins with a quotation mark and has none at its end.",
  quote_misplaced: "Something stands behind the quotation mark that ends a cell.",
  cells_missing: "The row has fewer cells than the header.",
  cells_too_many: "The row has more cells than the header.",
  text_unreadable: "The row has bytes that are no text in the file's encoding.",
  json_invalid: "The line is not valid JSON.",
  reference_missing: "The order's reference is missing.",
  uid_invalid: "The order's UUID is none.",
  too_many_rows: "The order has more rows than one may have.",
  values_disagree: "Rows of one order say different things of it.",
  cancellation: "The order was cancelled.",
  payment_made: "The order was paid, and is to be paid again.",
  payment_returned: "The order's money was given back, or only part of it was paid.",
  payment_status_unknown: "The payment's status is a word that is not known.",
  email_missing: "The customer's e-mail address is missing.",
  email_invalid: "The customer's e-mail address is none.",
  currency_missing: "The currency is missing.",
  currency_unknown: "The currency is none of ISO 4217.",
  locale_unknown: "The language is none that customers are told in.",
  product_missing: "The product's name is missing.",
  quantity_missing: "The quantity is missing.",
  quantity_invalid: "The quantity is no whole number as the file's locale writes them.",
  quantity_negative: "The quantity is negative.",
  quantity_zero: "The quantity is zero.",
  price_missing: "The price is missing.",
  price_negative: "The price is negative.",
  price_zero: "The price is zero.",
  amount_invalid: "An amount is no number as the file's locale writes them.",
  amount_negative: "An amount is negative.",
  amount_ambiguous: "An amount stands on several rows, and may be the order's or each line's.",
  amount_too_precise: "An amount has more decimals than its currency.",
  amount_too_large: "An amount is more than an order can be worth.",
  rate_invalid: "The rate of a discount is no share of the price.",
  discount_twice: "A discount is given as an amount and as a rate.",
  discount_too_large: "A discount is more than what it is given on.",
  line_total_disagrees: "The total of a line is not what its parts come to.",
  tax_disagrees: "The order's tax is not what the taxes of its lines come to.",
  total_disagrees: "The order's total is not what its parts come to.",
  time_invalid: "A time is not written as the file's locale writes them, or there is none such.",
  value_invalid: "A value has not the form that it must have.",
} as const;
export type RowFaultCode = keyof typeof rowFaults;

const mostOfValue = 200; // Enough to recognize a value by; the row itself is kept too.

/** A fault, with the value as it stands in the file, cut when it is long. */
export function faultOf(
  code: RowFaultCode,
  column: string | null,
  value: string | null,
  detail: string = rowFaults[code],
): RowFault {
  return { code, column, value: value === null ? null : shorten(value), detail };
}

/** A text that is shown in a sentence, or kept beside it. */
export function shorten(text: string): string {
  return text.length <= mostOfValue ? text : `${text.slice(0, mostOfValue).toWellFormed()}…`;
}
