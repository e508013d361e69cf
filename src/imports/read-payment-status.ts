import { faultOf } from "./fault.ts";
import { columnOf, type Layout } from "./layout.ts";
import type { RowFault } from "./reading.ts";

/** What a file says of an order's payment, in the words of shops. */
const words: Readonly<Record<"paid" | "unpaid" | "returned" | "cancelled", string>> = {
  paid: `paid completed complete succeeded captured shipped delivered
    支払済 支払済み 支払い済み 入金済 入金済み 決済済 決済済み 完了`,
  unpaid: "pending unpaid authorized authorised payment_processing expired 未払い 未払 未入金 未決済",
  returned: `refunded partially_refunded voided partially_paid chargeback charged_back
    返金 返金済 返金済み 一部返金 一部入金`,
  cancelled: "cancelled canceled キャンセル キャンセル済 キャンセル済み 取消",
};
type Said = keyof typeof words;

const known = new Map(
  (Object.keys(words) as Said[]).flatMap((said) => words[said].split(/\s+/).map((word) => [word, said] as const)),
);

/** What a word of the file means; undefined when it is not known. */
export function saidOf(word: string): Said | undefined {
  return known.get(
    word
      .normalize("NFKC")
      .toLowerCase()
      .replace(/[\s-]+/gu, "_"),
  );
}

/**
 * Whether an order is to be placed unpaid though payments are recorded, or why it cannot be placed. What the file says
 * counts with the import's `payment`: money that was given back, or came in part, is never placed; what is paid is not
 * charged again; what is not paid is not recorded as paid. A file that says nothing leaves it to the option.
 */
export function readPaymentStatus(layout: Layout, word: string): { unpaid: boolean } | { fault: RowFault } {
  const { payment } = layout.options;
  if (word === "") return { unpaid: false };
  const said = saidOf(word);
  const column = columnOf(layout, "payment_status");
  const fault = (code: Parameters<typeof faultOf>[0], rest: string) => ({
    fault: faultOf(code, column, word, `"${column}" is "${word}"${rest}`),
  });
  if (said === undefined) {
    return fault("payment_status_unknown", ", which is not understood. Write paid or pending, or map it to `ignore`.");
  }
  if (said === "returned") {
    return fault("payment_returned", ". Remove the order, or write paid or pending and what it is worth now.");
  }
  if (said === "paid" && payment === "charge") {
    return fault("payment_made", ", so it will not be charged again. Import it with `payment: recorded`.");
  }
  return { unpaid: payment === "recorded" && said !== "paid" };
}
