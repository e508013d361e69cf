import type { SeededViolation } from "./seeded-violations.ts";

/** Orders 10, 11 and 13 of the books came with an import, 12 with a batch; 10 and 11 were paid elsewhere. */
export const seededOrigins: readonly SeededViolation[] = [
  {
    breaks: "I08",
    by: "an order whose tax is neither its lines' nor its own alone",
    sql: `update orders.order_items set tax_minor = 5 where order_id = 10 and line = 1;
          update orders.orders set tax_minor = 7, discount_minor = 7 where order_id = 10`,
    says: "Order 10 has items of 300 and tax of 7; its 2 lines (1 to 2) say 300 and 5",
  },
  {
    breaks: "I11",
    by: "an attempt at a gateway that was never announced",
    sql: `update payments.payment_attempts set gateway = 'http' where order_id = 11;
          update payments.money_entries set gateway = 'http', occurred_at = null where order_id = 11`,
    says: "Order 11 has 1 payment attempts and 0 PaymentInitiated events",
  },
  {
    breaks: "I21",
    by: "an order that lost its letter by being no quiet one",
    sql: "update orders.orders set notify = true where order_id = 11",
    says: "Order 11: the customer was not told: order_confirmation is missing",
  },
  {
    breaks: "I27",
    by: "a customer who ordered at no time",
    sql: "update orders.orders set ordered_at = 'infinity' where order_id = 10",
    says: "Order 10 was ordered at infinity",
  },
  {
    breaks: "I28",
    by: "references that may stand twice",
    sql: "drop index orders.orders_reference_once",
    says: "orders.orders_reference_once promises that something stands once",
  },
  {
    breaks: "I28",
    by: "rows of an import that may begin two orders",
    sql: "drop index orders.orders_import_row_once",
    says: "orders.orders_import_row_once promises that something stands once",
  },
  {
    breaks: "I46",
    by: "an order of an import without its row",
    sql: "update orders.orders set import_row = null where order_id = 13",
    says: "as row none of orders.csv",
  },
  {
    breaks: "I46",
    by: "an order of an import and of a batch",
    sql: "update orders.orders set batch_id = import_id where order_id = 13",
    says: "Order 13 came with import",
  },
  {
    breaks: "I46",
    by: "an import of two files",
    sql: "update orders.orders set csv_source = 'new.csv' where order_id = 13",
    says: "come from 2 files",
  },
  {
    breaks: "I46",
    by: "a reference that is nobody's",
    sql: `alter table orders.orders drop constraint orders_reference_has_source;
          update orders.orders set external_reference = 'R-1' where order_id = 12`,
    says: "Order 12 has no source and is called R-1 there",
  },
  {
    breaks: "I46",
    by: "a payment elsewhere that came to nothing",
    sql: `insert into payments.payment_attempts
            (order_id, attempt, key, gateway, state, amount_minor, currency, created_at, updated_at)
          values (12, 1, 'elsewhere', 'recorded', 'failed', 300, 'USD', now(), now());
          update orders.orders set attempts = 1 where order_id = 12`,
    says: "Attempt 1 of order 12 was made elsewhere, and is failed",
  },
  {
    breaks: "I46",
    by: "a time at which a gateway's money moved before it was written down",
    sql: "update payments.money_entries set occurred_at = recorded_at where order_id = 1",
    says: "Entry 3 of order 1 is of gateway sandbox",
  },
];

/** What may be, and looks like a violation. */
export const soundOrigins: readonly { readonly what: string; readonly sql: string }[] = [
  {
    what: "a tax that the source states for the whole order",
    sql: "update orders.orders set tax_minor = 7, discount_minor = 7 where order_id = 10",
  },
  {
    what: "a quiet order whose customer was told of nothing, and one without an address",
    sql: "update orders.orders set notify = false where order_id = 13",
  },
];
