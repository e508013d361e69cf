import type { SeededViolation } from "./seeded-violations.ts";

const known = (total: string) =>
  `insert into orders.order_search (order_id, created_at, currency, total_minor, words)
   select order_id, created_at, currency, ${total}, '' from orders.orders`;
const wholeFeed = "update orders.search_mark set position = (select last_position from events.sequencer)";

export const seededSearch: readonly SeededViolation[] = [
  {
    breaks: "I47",
    by: "an order that the search passed over",
    sql: `${known("total_minor")} where order_id <> 1; ${wholeFeed}`,
    says: "Order 1 stands before the mark of the search",
  },
  {
    breaks: "I47",
    by: "an order that the search has with another total",
    sql: known("total_minor + 5"),
    says: "The search has order 1 with 305 USD",
  },
  {
    breaks: "I47",
    by: "a mark behind the end of the feed",
    sql: `${known("total_minor")}; ${wholeFeed}; update orders.search_mark set position = position + 1`,
    says: "The search has read the feed as far as",
  },
];

export const soundSearch: readonly { readonly what: string; readonly sql: string }[] = [
  { what: "orders that the search all knows", sql: `${known("total_minor")}; ${wholeFeed}` },
];
