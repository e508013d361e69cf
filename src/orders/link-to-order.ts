import { writeOrderLink } from "./link.ts";
import type { Order } from "./order.ts";

/** How links to orders are made. */
export interface OrderLinks {
  readonly secret: string;
  /** How long a link opens its order, from the order's last move on. */
  readonly validMs: number;
  /** Where the pages of orders are. */
  pagesAt(): string;
}

/**
 * The address that opens one order for whoever has it; null for an order that was no cart, which has no page. The same
 * order has the same link until it moves, so a letter that is sent again is the same letter. What opens the order is
 * behind the #, which browsers send to nobody.
 */
export function linkToOrder(order: Pick<Order, "uid" | "cartId" | "updatedAt">, links: OrderLinks): string | null {
  if (order.cartId === null) return null;
  const expiresAt = new Date(order.updatedAt.getTime() + links.validMs);
  return `${links.pagesAt()}/orders/${order.uid}#key=${writeOrderLink(order.uid, expiresAt, links.secret)}`;
}
