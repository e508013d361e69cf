import { type Static, Type } from "typebox";
import { minor } from "../http/minor-view.ts";
import { writeJson } from "../http/write-json.ts";
import { isOpen, type PaymentAttempt } from "../payments/index.ts";
import { OrderDetails } from "./details-view.ts";
import { orderNumber } from "./number.ts";
import { type Order, orderStatuses } from "./order.ts";

const Time = Type.String({ format: "date-time" });

const StorePayment = Type.Object(
  {
    attempt: Type.Integer({ examples: [1] }),
    state: Type.String({ examples: ["processing"] }),
    failure: Type.Union([Type.String(), Type.Null()], { description: "Why it failed.", examples: [null] }),
    session_id: Type.Union([Type.String(), Type.Null()], {
      description: "The gateway's name of its payment page.",
      examples: ["cs_3q2-7w"],
    }),
    url: Type.Union([Type.String(), Type.Null()], {
      description: "Where the shopper pays; null when there is nothing to be done there.",
      examples: ["https://shop.example/sandbox/pay/cs_3q2-7w"],
    }),
  },
  { title: "StorePayment" },
);

/** An order as its shopper sees it. The id that counts orders is not shown. */
export const StoreOrderView = Type.Object(
  {
    id: Type.String({ format: "uuid", description: "The order's UUID." }),
    number: Type.String({ examples: ["ORD-27180435"] }),
    status: Type.Enum([...orderStatuses], { title: "OrderStatus", examples: ["payment_processing"] }),
    currency: Type.String({ examples: ["JPY"] }),
    total_amount: minor(2592),
    refunded_amount: minor(0),
    payable: Type.Boolean({ description: "Whether it can be paid now.", examples: [true] }),
    payment: Type.Union([StorePayment, Type.Null()], { description: "The newest try to have it paid." }),
    details: OrderDetails,
    created_at: Time,
    paid_at: Type.Union([Time, Type.Null()], {
      description: "When it was paid, and its details frozen.",
      examples: [null],
    }),
    expires_at: Type.Union([Time, Type.Null()], {
      description: "When it is cancelled unless it is paid.",
      examples: [null],
    }),
  },
  { title: "StoreOrder" },
);
export type StoreOrderView = Static<typeof StoreOrderView>;

/** An order that was a cart, with what was bought and its newest attempt. */
export interface BoughtOrder {
  readonly order: Order;
  readonly owner: string;
  /** JSON. */
  readonly details: string;
  readonly frozenAt: Date | null;
  readonly attempt: PaymentAttempt | undefined;
}

/** The page can be gone all the same: the gateway says so when it is asked for. */
function urlOf(attempt: PaymentAttempt): string | null {
  return isOpen(attempt) ? attempt.sessionUrl : null;
}

function isPayable({ status }: Order, attempt: PaymentAttempt | undefined): boolean {
  return status === "pending" || (status === "payment_processing" && attempt?.hosted === true);
}

export function storeOrderView({ order, details, frozenAt, attempt }: BoughtOrder): StoreOrderView {
  return {
    id: order.uid,
    number: orderNumber(order.orderId),
    status: order.status,
    currency: order.currency,
    total_amount: order.totalMinor,
    refunded_amount: order.refundedMinor,
    payable: isPayable(order, attempt),
    payment: attempt
      ? {
          attempt: attempt.attempt,
          state: attempt.state,
          failure: attempt.failure,
          session_id: attempt.sessionReference,
          url: urlOf(attempt),
        }
      : null,
    details: JSON.parse(details) as OrderDetails,
    created_at: order.createdAt.toISOString(),
    paid_at: frozenAt?.toISOString() ?? null,
    expires_at: order.expiresAt?.toISOString() ?? null,
  };
}

export function storeOrderText(bought: BoughtOrder): string {
  return writeJson(storeOrderView(bought));
}
