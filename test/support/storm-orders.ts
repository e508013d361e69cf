import type { OrderDraft } from "../../src/orders/order-draft.ts";
import type { PaymentKind } from "../../src/orders/read-batch-member.ts";
import { exponentOf } from "../../src/platform/money.ts";

const currencies = ["JPY", "USD", "KWD"];
const payments = 400; // References of payments that were made elsewhere: few enough that some come twice.

interface Line {
  readonly quantity: number;
  readonly priceMinor: number;
}

/** The lines of an order follow from its number, so that everybody means the same by one reference. */
function linesOf(number: number): Line[] {
  return Array.from({ length: 1 + (number % 3) }, (_, line) => ({
    quantity: 1 + ((number + line) % 4),
    priceMinor: 1 + ((number * 7_919 + line * 104_729) % 1_000_000),
  }));
}

const referenceOf = (number: number): string => `R-${number}`;
const currencyOf = (number: number) => currencies[number % currencies.length] as string;
const emailOf = (number: number) => `shopper-${number}@example.com`;
const shippingOf = (number: number) => (number % 5) * 100;

/** What an order comes to, by its reference. */
export function expectedMinor(reference: string): bigint {
  const number = Number(reference.slice(2));
  const lines = linesOf(number).reduce((sum, { quantity, priceMinor }) => sum + quantity * priceMinor, 0);
  return BigInt(lines + shippingOf(number));
}

function paymentReference(random: () => number): string {
  return `tr-${Math.floor(random() * payments)}`;
}

/** The order as JSON has it; a wrong one states another total. */
export function draftOf(
  number: number,
  { kind, wrong, random }: { kind: PaymentKind; wrong: boolean; random: () => number },
): OrderDraft {
  const total = Number(expectedMinor(referenceOf(number)));
  return {
    external_reference: referenceOf(number),
    customer_email: emailOf(number),
    currency: currencyOf(number),
    items: linesOf(number).map(({ quantity, priceMinor }, line) => {
      return { product_name: `Tea ${line + 1}`, quantity, unit_price: priceMinor };
    }),
    shipping_amount: shippingOf(number),
    total_amount: wrong ? total + 1 : total,
    ...(kind === "recorded" && random() < 0.5 ? { payment_reference: paymentReference(random) } : {}),
  };
}

export const rowsHeader =
  "order_reference,customer_email,currency,product_name,quantity,unit_price,shipping,order_total,payment_reference";

function textOf(minor: bigint, currency: string): string {
  const exponent = exponentOf(currency) ?? 0;
  const digits = minor.toString().padStart(exponent + 1, "0");
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** The order as rows of a file; a wrong one states another total. */
export function rowsOf(number: number, { wrong, random }: { wrong: boolean; random: () => number }): string[] {
  const currency = currencyOf(number);
  const total = expectedMinor(referenceOf(number)) + (wrong ? 1n : 0n);
  const payment = random() < 0.3 ? paymentReference(random) : "";
  const amounts = [textOf(BigInt(shippingOf(number)), currency), textOf(total, currency), payment];
  return linesOf(number).map(({ quantity, priceMinor }, line) => {
    const price = textOf(BigInt(priceMinor), currency);
    return [referenceOf(number), emailOf(number), currency, `Tea ${line + 1}`, quantity, price, ...amounts].join(",");
  });
}

/** Some of them elsewhere, the most where they were. */
export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const left = [...items];
  for (let swaps = items.length / 4; swaps > 0; swaps -= 1) {
    const [one, other] = [Math.floor(random() * left.length), Math.floor(random() * left.length)];
    [left[one], left[other]] = [left[other] as Item, left[one] as Item];
  }
  return left;
}
