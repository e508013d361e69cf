import { exponentOf, formatMajor } from "../platform/money.ts";
import type { OrderWithItems } from "./order.ts";

/**
 * An order as v1 shows it, as JSON text: written by hand because its amounts are decimals, which a double may not hold
 * and `JSON.stringify` would round.
 */
export function orderV1Text(order: OrderWithItems): string {
  const exponent = exponentOf(order.currency) ?? 0;
  const items = order.items.map(
    (item) =>
      `{"id":${item.line},"product_name":${JSON.stringify(item.productName)},"quantity":${item.quantity},` +
      `"unit_price":${formatMajor(item.unitPriceMinor, exponent)}}`,
  );
  return (
    `{"id":${order.orderId},"customer_email":${JSON.stringify(order.customerEmail)},` +
    `"customer_name":${JSON.stringify(order.customerName)},"status":"${order.status}",` +
    `"total_amount":${formatMajor(order.totalMinor, exponent)},"currency":"${order.currency}",` +
    `"items":[${items.join(",")}],` +
    `"created_at":"${order.createdAt.toISOString()}","updated_at":"${order.updatedAt.toISOString()}"}`
  );
}

/** Several orders as one JSON array. */
export function ordersV1Text(orders: readonly OrderWithItems[]): string {
  return `[${orders.map(orderV1Text).join(",")}]`;
}
