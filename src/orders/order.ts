/** Where an order stands. The words are the same in the database, the code, JSON and on screens. */
export type OrderStatus = "pending" | "payment_processing" | "paid" | "shipped" | "delivered" | "cancelled";

export const orderStatuses: readonly OrderStatus[] = [
  "pending",
  "payment_processing",
  "paid",
  "shipped",
  "delivered",
  "cancelled",
];

/** An agreement: what, for how much. Its items never change; its status moves and its money is counted. */
export interface Order {
  readonly orderId: bigint;
  readonly uid: string;
  readonly customerId: string;
  /** Empty when the customer has none. */
  readonly customerEmail: string;
  readonly customerName: string;
  /** The language of what the customer is told: `en` or `ja`. */
  readonly locale: string;
  readonly currency: string;
  readonly status: OrderStatus;
  readonly itemsMinor: bigint;
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  /** Tax that the prices have in them: a part of the items' sum and the shipping, not added to the total. */
  readonly taxIncludedMinor: bigint;
  readonly shippingMinor: bigint;
  readonly totalMinor: bigint;
  /** What gateways took, whole. */
  readonly capturedMinor: bigint;
  /** What is promised back and not yet given back. */
  readonly refundingMinor: bigint;
  readonly refundedMinor: bigint;
  /** What banks took back. It may have been given back before, so it can exceed what was left. */
  readonly chargedBackMinor: bigint;
  /** The number of the newest payment attempt; 0 before the first. */
  readonly attempts: number;
  /** The number of the newest refund; 0 before the first. */
  readonly refunds: number;
  /** The number of the newest event. */
  readonly lastSequence: number;
  /** When an unpaid order is cancelled; null unless it is pending. */
  readonly expiresAt: Date | null;
  /** The deadline that it was placed with, whenever it waits to be paid; null: the policy's. */
  readonly payUntil: Date | null;
  /** Whether the customer is told of it. */
  readonly notify: boolean;
  /** The cart that it was; null for an order that was none. */
  readonly cartId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface OrderItem {
  readonly line: number;
  readonly sku: string;
  readonly productName: string;
  readonly quantity: bigint;
  readonly unitPriceMinor: bigint;
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  /** Quantity times price, less the discount; tax is beside it. */
  readonly lineTotalMinor: bigint;
  /** Tax that the line's total has in it; none when left out. */
  readonly taxIncludedMinor?: bigint;
  /** Who handles it; the merchant itself when left out. */
  readonly providerId?: string;
}

export interface OrderWithItems extends Order {
  readonly items: readonly OrderItem[];
}

/** The moves that an order may make. A free order needs no payment and goes from pending to paid at once. */
const moves: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ["payment_processing", "cancelled"],
  payment_processing: ["paid", "pending"],
  paid: ["shipped", "cancelled"],
  shipped: ["delivered"],
  delivered: [],
  cancelled: [],
};

/** The statuses that an order may move to from where it stands. */
export function movesFrom(order: Pick<Order, "status" | "totalMinor">): readonly OrderStatus[] {
  return order.status === "pending" && order.totalMinor === 0n ? [...moves.pending, "paid"] : moves[order.status];
}

export function canMove(order: Pick<Order, "status" | "totalMinor">, to: OrderStatus): boolean {
  return movesFrom(order).includes(to);
}

export function isOrderStatus(word: string): word is OrderStatus {
  return (orderStatuses as readonly string[]).includes(word);
}
