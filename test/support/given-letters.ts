import { composeLetter, type Letter, messageIdOf, parseSender } from "../../src/notifications/letter.ts";
import type { LetterKind, OrderLetter } from "../../src/orders/index.ts";
import { orderNumber } from "../../src/orders/index.ts";
import { noon } from "./given-orders.ts";

export const from = "Tea & Co <orders@tea.example>";
const sender = parseSender(from);

interface WantedLine {
  name: string;
  quantity?: bigint;
  unitPriceMinor: bigint;
}

interface WantedLetter extends Partial<Omit<OrderLetter, "items">> {
  kind?: LetterKind;
  lines?: WantedLine[];
}

/** An order as letters see it: two laptops in yen for Tanaka Taro, unless something else is wanted. */
function orderLetter({ kind: _, lines, ...wanted }: WantedLetter = {}): OrderLetter {
  const orderId = wanted.orderId ?? 42n;
  const given = lines ?? [{ name: "ノートPC", quantity: 2n, unitPriceMinor: 89_800n }];
  const items = given.map(({ name, quantity = 1n, unitPriceMinor }, index) => ({
    line: index + 1,
    sku: `item-${index + 1}`,
    productName: name,
    quantity,
    unitPriceMinor,
    discountMinor: 0n,
    taxMinor: 0n,
    lineTotalMinor: quantity * unitPriceMinor,
  }));
  const itemsMinor = items.reduce((sum, item) => sum + item.lineTotalMinor, 0n);
  const { discountMinor = 0n, taxMinor = 0n, shippingMinor = 0n } = wanted;
  return {
    orderId,
    uid: "019ab111-0000-7000-8000-000000000042",
    number: orderNumber(orderId),
    customerId: "019ab111-0000-5000-8000-000000000042",
    customerEmail: "tanaka@example.co.jp",
    customerName: "田中太郎",
    locale: "ja",
    currency: "JPY",
    status: "paid",
    itemsMinor,
    discountMinor,
    taxMinor,
    taxIncludedMinor: 0n,
    cartId: null,
    shippingMinor,
    totalMinor: itemsMinor - discountMinor + taxMinor + shippingMinor,
    capturedMinor: itemsMinor,
    refundingMinor: 0n,
    refundedMinor: 0n,
    chargedBackMinor: 0n,
    attempts: 1,
    refunds: 0,
    lastSequence: 4,
    expiresAt: null,
    payUntil: null,
    notify: true,
    createdAt: noon,
    updatedAt: noon,
    items,
    ...wanted,
  };
}

export function givenLetter(wanted: WantedLetter = {}): Letter {
  const order = orderLetter(wanted);
  const kind = wanted.kind ?? "order_confirmation";
  const messageId = messageIdOf(order.uid, kind, sender);
  return composeLetter(order, kind, { messageId, sender, recipient: order.customerEmail });
}
