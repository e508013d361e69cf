/** A change that one invariant finds, and no other: made on the books of given-books.ts. */
export interface SeededViolation {
  readonly breaks: string;
  readonly by: string;
  readonly sql: string;
  /** A part of the sentence that must name the violator. */
  readonly says: string;
}

/** What an event tells of the money that the order moved. */
export const tellAmount = (orderId: number, type: string, amount: number) => `
  update events.events
     set data = jsonb_set(data::jsonb, '{amount}', '${amount}')::json
   where stream_kind = 'order' and stream_id = ${orderId} and type = '${type}'`;

const setAmount = (amount: number) => `
  ${tellAmount(1, "PaymentProcessed", amount)};
  update payments.payment_attempts set amount_minor = ${amount} where order_id = 1;
  update payments.money_entries set amount_minor = ${amount} where order_id = 1;
  update payments.sandbox_payments set amount_minor = ${amount} where order_id = 1;
  update orders.orders set captured_minor = ${amount} where order_id = 1`;

/** An order gave back another amount than it did, and every book but one says so. */
export const setRefund = (orderId: number, amount: number) => `
  ${tellAmount(orderId, "RefundProcessed", amount)};
  alter table orders.orders drop constraint orders_refunds_within_captures;
  update payments.money_entries set amount_minor = ${amount} where order_id = ${orderId} and kind = 'refund';
  update payments.refunds set amount_minor = ${amount} where order_id = ${orderId};
  update payments.sandbox_refunds set amount_minor = ${amount} where order_id = ${orderId};
  update orders.orders set refunded_minor = ${amount} where order_id = ${orderId}`;

const addJob = (payload: string, then: string) => `
  select graphile_worker.add_job('tell-customer', '${payload}'::json);
  update graphile_worker._private_jobs set ${then}`;

export const seededViolations: readonly SeededViolation[] = [
  { breaks: "I02", by: "a capture of less than the total", sql: setAmount(100), says: "Attempt 1 of order 1" },
  {
    breaks: "I02",
    by: "an attempt on an order that costs nothing",
    sql: `update orders.orders set items_minor = 0, total_minor = 0 where order_id = 5;
          update orders.order_items set unit_price_minor = 0, line_total_minor = 0 where order_id = 5`,
    says: "Order 5 costs nothing",
  },
  {
    breaks: "I03",
    by: "a refund of more than was captured",
    sql: setRefund(4, 301),
    says: "order 4 took 300 and gave back 301",
  },
  {
    breaks: "I04",
    by: "an order that counts less than the ledger",
    sql: "update orders.orders set captured_minor = 299 where order_id = 1",
    says: "Order 1 says captured 299",
  },
  {
    breaks: "I05",
    by: "an attempt in another currency",
    sql: "update payments.payment_attempts set currency = 'EUR' where order_id = 5",
    says: "Order 5 is in USD, its attempt 1 in EUR",
  },
  {
    breaks: "I06",
    by: "a payment that only the sandbox knows",
    sql: `insert into payments.sandbox_payments
            (order_id, idempotency_key, payment_id, status, amount_minor, currency, created_at)
          values (5, 'lost', 'pay-lost', 'succeeded', 300, 'USD', now())`,
    says: "pay-lost of order 5: the sandbox has 300 USD, we have none",
  },
  {
    breaks: "I06",
    by: "a refund that only we know",
    sql: "delete from payments.sandbox_refunds where order_id = 4",
    says: "refund back-4 of order 4: the sandbox has none, we have 300 USD",
  },
  {
    breaks: "I07",
    by: "a capture that goes back in part",
    sql: setRefund(8, 299),
    says: "order 8, which is cancelled",
  },
  {
    breaks: "I08",
    by: "items that are off by one",
    sql: "update orders.orders set items_minor = items_minor + 1, discount_minor = discount_minor + 1 where order_id = 1",
    says: "Order 1 has items of 301",
  },
  {
    breaks: "I08",
    by: "an order without items",
    sql: "delete from orders.order_items where order_id = 6",
    says: "Order 6 has items of 0 and tax of 0; its 0 lines",
  },
  {
    breaks: "I09",
    by: "money in a small integer",
    sql: "alter table orders.orders add column gift_minor int not null default 0",
    says: "orders.orders.gift_minor is integer",
  },
  {
    breaks: "I10",
    by: "a move from where the order did not stand",
    sql: "update events.events set from_status = 'pending' where stream_id = 1 and to_status = 'paid'",
    says: "moves order 1 from pending to paid; it stood at payment_processing",
  },
  {
    breaks: "I10",
    by: "a status that no event moved to",
    sql: `update orders.orders set status = 'pending', expires_at = now() + interval '1 day' where order_id = 7`,
    says: "order 7 from pending to payment_processing",
  },
  {
    breaks: "I11",
    by: "a confirmation under another name",
    sql: "update events.events set type = 'OrderNoted' where stream_id = 1 and type = 'OrderConfirmed'",
    says: "order 1 is OrderNoted and moves it from payment_processing to paid",
  },
  {
    breaks: "I11",
    by: "money that no event tells of",
    sql: "update events.events set type = 'OrderNoted' where stream_id = 4 and type = 'RefundProcessed'",
    says: "of order 4 is not there; the ledger has a refund there",
  },
  {
    breaks: "I11",
    by: "an attempt that was announced twice",
    sql: `update events.events set type = 'PaymentInitiated' where stream_id = 1 and type = 'NotificationSent';
          update notifications.messages set state = 'failed', sent_at = null where order_id = 1;
          delete from notifications.mails where order_id = 1`,
    says: "Order 1 has 1 payment attempts and 2 PaymentInitiated events",
  },
  {
    breaks: "I12",
    by: "two events that changed places in the feed",
    sql: "update events.feed set sequence = 3 - sequence where stream_id = 1 and sequence in (1, 2)",
    says: "the order stream 1 goes from 0 to 2",
  },
  {
    breaks: "I12",
    by: "an event that is gone",
    sql: "delete from events.events where stream_id = 3 and type = 'FulfilmentFulfilled'",
    says: "The order stream 3 has",
  },
  {
    breaks: "I13",
    by: "an event that the feed lacks",
    sql: "delete from events.feed where position = (select max(position) from events.feed)",
    says: "has no place in the feed",
  },
  {
    breaks: "I13",
    by: "an append that waits",
    sql: "insert into events.appended (stream_kinds, stream_ids, sequences) values ('{order}', '{1}', '{1}')",
    says: "waits for its places",
  },
  {
    breaks: "I18",
    by: "an answered key without its body",
    sql: "update http.idempotency_keys set answer_body = null",
    says: "The key first of ann",
  },
  {
    breaks: "I19",
    by: "one payment on two attempts",
    sql: "update payments.payment_attempts set reference = 'pay-1' where order_id = 5",
    says: "The payment pay-1 of gateway sandbox belongs to 2 attempts",
  },
  {
    breaks: "I20",
    by: "an order that waits for an attempt that ended",
    sql: "update payments.payment_attempts set state = 'expired', check_at = null where order_id = 7",
    says: "Order 7 waits for payment; its newest attempt, 1, is expired",
  },
  {
    breaks: "I20",
    by: "an order that never expires",
    sql: `alter table orders.orders drop constraint orders_pending_expire;
          update orders.orders set expires_at = null where order_id = 5`,
    says: "Order 5 is pending and never expires",
  },
  {
    breaks: "I21",
    by: "a mail to another address",
    sql: `update notifications.messages set recipient = 'eve@example.com' where order_id = 1;
          update notifications.mails set recipient = 'eve@example.com' where order_id = 1`,
    says: "Order 1: order_confirmation went to another address",
  },
  {
    breaks: "I21",
    by: "a confirmation that nobody got",
    sql: `delete from notifications.messages where order_id = 2 and kind = 'order_confirmation';
          delete from notifications.mails where order_id = 2 and kind = 'order_confirmation'`,
    says: "Order 2: the customer was not told: order_confirmation is missing",
  },
  {
    breaks: "I26",
    by: "a ledger whose trigger is off",
    sql: "alter table payments.money_entries disable trigger money_entries_append_only",
    says: "payments.money_entries can be edited",
  },
  {
    breaks: "I26",
    by: "an event without an author",
    sql: "update events.events set actor = '' where stream_id = 1 and sequence = 1",
    says: "Event 1 of the order stream 1",
  },
  {
    breaks: "I27",
    by: "a deadline that never comes",
    sql: "update orders.orders set expires_at = 'infinity' where order_id = 5",
    says: "Order 5 expires at infinity",
  },
  {
    breaks: "I27",
    by: "a column that takes NaN",
    sql: "alter table orders.orders add column rate numeric",
    says: "orders.orders.rate is numeric",
  },
  {
    breaks: "I28",
    by: "a constraint that was never checked",
    sql: "alter table orders.orders add constraint orders_are_fine check (true) not valid",
    says: "orders_are_fine",
  },
  {
    breaks: "I28",
    by: "a promised uniqueness that is gone",
    sql: "alter table payments.money_entries drop constraint money_entries_reference_once",
    says: "money_entries_reference_once",
  },
  {
    breaks: "I29",
    by: "a job that was given up",
    sql: addJob('{"orderId":"1","kind":"order_confirmation"}', "attempts = max_attempts, last_error = 'It broke'"),
    says: "was given up after 25 tries: It broke",
  },
  {
    breaks: "I29",
    by: "a job that the dead hold",
    sql: addJob("{}", "locked_at = now() - interval '1 hour', locked_by = 'pool-gone', attempts = 1"),
    says: "by pool-gone, which does not live",
  },
  {
    breaks: "I31",
    by: "an attempt whose outcome nobody knows",
    sql: "update payments.payment_attempts set state = 'unknown', reference = null where order_id = 7",
    says: "Attempt 1 of order 7 is unknown",
  },
  {
    breaks: "I31",
    by: "a key that is in flight for ever",
    sql: `update http.idempotency_keys
             set answer_status = null, answer_body = null, answered_at = null, created_at = now() - interval '1 hour'`,
    says: "The key first of ann is in flight",
  },
  {
    breaks: "I41",
    by: "a part of an order that is not there",
    sql: `insert into fulfillment.provider_orders
            (order_id, provider_id, processing, fulfilment, created_at, updated_at)
          values (999, 'own', 'confirmed', 'none', now(), now())`,
    says: "Part own belongs to order 999",
  },
  {
    breaks: "I42",
    by: "an order that counts one attempt too many",
    sql: "update orders.orders set attempts = 2 where order_id = 1",
    says: "Order 1 counts 2 attempts",
  },
  {
    breaks: "I43",
    by: "a shipped order whose part is not ready",
    sql: "update fulfillment.provider_orders set fulfilment = 'none' where order_id = 2",
    says: "Order 2 is shipped and has 1 live parts, 0 of them ready",
  },
  {
    breaks: "I43",
    by: "a cancelled order that somebody still makes",
    sql: "update fulfillment.provider_orders set processing = 'confirmed' where order_id = 4",
    says: "Order 4 is cancelled and has 1 live parts",
  },
  {
    breaks: "I44",
    by: "an order that should have expired",
    sql: "update orders.orders set expires_at = now() - interval '1 hour' where order_id = 5",
    says: "Order 5 should have expired",
  },
];
