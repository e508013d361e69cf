import { uuidV5 } from "../platform/ids.ts";
import type { Author } from "./changes.ts";
import { customerIdOf } from "./draft.ts";
import type { OrderItem } from "./order.ts";
import type { Origin } from "./origin.ts";
import type { FromCart } from "./purchase.ts";
import type { DraftedOrder } from "./read-order-draft.ts";

/** How an order is to be paid. One that costs nothing is paid at once whatever is said here. */
export type PaymentPlan =
  /** The gateway is asked for the money as soon as the order is committed. */
  | {
      readonly kind: "charge";
      readonly gateway: string;
      /** The shopper pays on the gateway's page, which is opened as soon as the order is committed. */
      readonly hosted?: boolean;
    }
  /** It waits, with its deadline. */
  | { readonly kind: "none" }
  /** It was paid elsewhere, and that is written down; without a reference the order's UUID stands for the payment. */
  | { readonly kind: "recorded"; readonly reference: string | null; readonly paidAt: Date | null };

/** An order to place. Ids and times come in, so that the transaction can be run again. */
export interface NewOrder {
  readonly orderId: bigint;
  readonly uid: string;
  /** The UUID came with the order instead of being drawn: when an order has it already, this one is a duplicate. */
  readonly uidIsGiven?: boolean;
  readonly customerId: string;
  /** Empty when the customer has none. */
  readonly customerEmail: string;
  readonly customerName: string;
  /** What the source calls the customer. */
  readonly customerReference: string | null;
  readonly locale: string;
  readonly currency: string;
  readonly items: readonly OrderItem[];
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  readonly shippingMinor: bigint;
  readonly payment: PaymentPlan;
  readonly origin: Origin;
  /** Whether the customer is told of it, now and later. */
  readonly notify: boolean;
  /** The cart that it was, if it was one. */
  readonly cart?: FromCart;
  /** Until when it may stay unpaid; the policy's time when left out. */
  readonly expiresAt?: Date;
  readonly by: Author;
}

/** What a draft does not say of the order that is made of it. */
export interface GivenToOrder extends Pick<NewOrder, "orderId" | "uid" | "uidIsGiven" | "notify" | "expiresAt" | "by"> {
  /** Where it comes from; the draft itself says what the source calls it and when it was ordered. */
  readonly origin: Omit<Origin, "externalReference" | "orderedAt">;
  /** Of a recorded payment the draft has the reference and the time. */
  readonly payment: Exclude<PaymentPlan, { kind: "recorded" }> | { readonly kind: "recorded" };
}

const customersBySource = "2b8c7a4e-90f1-5a36-8d57-44e0b1c9d2f3"; // A namespace of our own; any UUID would do, this one stays.

/** Makes the order that is placed of one that was read. A reference of an order without a source is dropped. */
export function newOrderOf(drafted: DraftedOrder, given: GivenToOrder): NewOrder {
  const { externalReference, orderedAt, paymentReference, paidAt, ...order } = drafted;
  const { source } = given.origin;
  const { payment } = given;
  return {
    ...order,
    ...given,
    uid: given.uid.toLowerCase(),
    customerId: customerOf(drafted, given),
    payment: payment.kind === "recorded" ? { kind: "recorded", reference: paymentReference, paidAt } : payment,
    origin: { ...given.origin, externalReference: source === null ? null : externalReference, orderedAt },
  };
}

/** A customer is known by the e-mail address, else by what the source calls him, else by this order alone. */
function customerOf({ customerEmail, customerReference }: DraftedOrder, { uid, origin }: GivenToOrder): string {
  if (customerEmail !== "") return customerIdOf(customerEmail);
  if (customerReference === null) return uuidV5(customersBySource, uid.toLowerCase());
  return uuidV5(customersBySource, JSON.stringify([origin.source, customerReference]));
}

/** What the lines come to. */
export function itemsOf(given: NewOrder): bigint {
  return given.items.reduce((sum, item) => sum + item.lineTotalMinor, 0n);
}

/** What the order comes to, with all that stands beside its lines. */
export function totalOf({ discountMinor, taxMinor, shippingMinor }: NewOrder, itemsMinor: bigint): bigint {
  return itemsMinor - discountMinor + taxMinor + shippingMinor;
}
