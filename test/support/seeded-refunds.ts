import { type SeededViolation, setRefund, tellAmount } from "./seeded-violations.ts";

/** A person was asked about what a bank took, and about nothing else. */
const onlyChargeback = (orderId: number) => `
  delete from tasks.tasks where order_id = ${orderId};
  insert into tasks.tasks (kind, cause, order_id, detail, opened_at)
  values ('chargeback', 'chargeback of a test', ${orderId}, '{}', now())`;

/** Order 7 waits; it is tried again with the payment that it has. */
const secondAttempt = `
  insert into payments.payment_attempts
    (order_id, attempt, key, gateway, state, amount_minor, currency, reference, check_at, created_at, updated_at)
  select order_id, 2, 'second', gateway, state, amount_minor, currency, reference, check_at, now(), now()
    from payments.payment_attempts
   where order_id = 7;
  insert into events.events
  select stream_kind, stream_id, sequence + 1, gen_random_uuid(), type, subject, occurred_at, null, null, actor, cause, data
    from events.events
   where stream_id = 7 and type = 'PaymentInitiated';
  insert into events.feed
  select (select max(position) + 1 from events.feed), 'order', 7, max(sequence)
    from events.events
   where stream_kind = 'order' and stream_id = 7;
  update events.sequencer set last_position = last_position + 1;
  update orders.orders set attempts = 2, last_sequence = last_sequence + 1 where order_id = 7`;

/** What breaks when money that left again is not written down as it must be. Order 9 has some of each kind. */
export const seededRefunds: readonly SeededViolation[] = [
  {
    breaks: "I03",
    by: "a bank that took more than came in",
    sql: `${tellAmount(9, "PaymentChargedBack", 301)};
          alter table orders.orders drop constraint orders_chargebacks_within_captures;
          update payments.money_entries set amount_minor = 301 where order_id = 9 and kind = 'chargeback';
          update orders.orders set charged_back_minor = 301 where order_id = 9`,
    says: "order 9 took 300 and gave back 50, promised 0; banks took 301",
  },
  {
    breaks: "I04",
    by: "a chargeback that the order does not count",
    sql: "update orders.orders set charged_back_minor = 0 where order_id = 9",
    says: "Order 9 says captured 300, refunded 50, refunding 0, charged back 0; the books say 300, 50, 0, 20",
  },
  {
    breaks: "I11",
    by: "a refund that failed later and was not told of",
    sql: "update events.events set type = 'OrderNoted' where stream_id = 9 and type = 'RefundFailed'",
    says: "of order 9 is not there; the ledger has a refund_failed there",
  },
  {
    breaks: "I11",
    by: "a chargeback that only an event knows",
    sql: `update events.events set type = 'PaymentChargedBack' where stream_id = 1 and type = 'NotificationSent';
          update notifications.messages set state = 'failed', sent_at = null where order_id = 1;
          delete from notifications.mails where order_id = 1`,
    says: "of order 1 is PaymentChargedBack; the ledger has nothing there",
  },
  {
    breaks: "I42",
    by: "a refund that failed later and still counts in the ledger",
    sql: `delete from payments.money_entries where order_id = 9 and kind = 'refund_failed';
          update events.events set type = 'OrderNoted' where stream_id = 9 and type = 'RefundFailed';
          update orders.orders set refunded_minor = 150 where order_id = 9`,
    says: "Refund 1 of order 9 has failed, and the ledger says that it went back and stays there",
  },
  {
    breaks: "I03",
    by: "a promise of more than the payment has left",
    sql: `alter table orders.orders drop constraint orders_refunds_within_captures;
          insert into payments.refunds
            (order_id, refund, attempt, key, state, amount_minor, currency, reason, created_at, updated_at)
          values (1, 1, 1, 'more', 'requested', 301, 'USD', 'broken', now(), now());
          update orders.orders set refunds = 1, refunding_minor = 301 where order_id = 1;
          insert into tasks.tasks (kind, cause, order_id, detail, opened_at)
          values ('refund_unresolved', 'refund of a test', 1, '{}', now())`,
    says: "Attempt 1 of order 1 took 300 and gave back 0, promised 301",
  },
  {
    breaks: "I06",
    by: "a payment that only the sandbox knows, of an order whose chargeback waits for a person",
    sql: `${onlyChargeback(9)};
          insert into payments.sandbox_payments
            (order_id, idempotency_key, payment_id, status, amount_minor, currency, created_at)
          values (9, 'lost', 'pay-lost', 'succeeded', 300, 'USD', now())`,
    says: "pay-lost of order 9: the sandbox has 300 USD, we have none",
  },
  {
    breaks: "I07",
    by: "a capture that goes back in part, of an order whose chargeback waits for a person",
    sql: `${onlyChargeback(8)};
          ${setRefund(8, 299)}`,
    says: "order 8, which is cancelled",
  },
  {
    breaks: "I11",
    by: "an event that tells of another amount than the ledger has",
    sql: tellAmount(9, "PaymentChargedBack", 21),
    says: "of order 9 tells of 21 USD; the ledger has 20 USD there",
  },
  {
    breaks: "I42",
    by: "a refund that came back and still counts as given",
    sql: "update payments.refunds set state = 'succeeded' where order_id = 9 and refund = 1",
    says: "Refund 1 of order 9 has succeeded, and the ledger says that it came back",
  },
  {
    breaks: "I42",
    by: "money that went back as no refund",
    sql: `delete from payments.refunds where order_id = 9 and refund = 2;
          update orders.orders set refunds = 1 where order_id = 9`,
    says: "The ledger has a refund own-9 of order 9 over 50, which is none of its refunds",
  },
  {
    breaks: "I42",
    by: "a refund that came back and never went",
    sql: "update payments.money_entries set reference = 'gone-9' where order_id = 9 and kind = 'refund_failed'",
    says: "The ledger has a refund_failed gone-9 of order 9 over 100, which is none of its refunds",
  },
  {
    breaks: "I42",
    by: "money that came in on an attempt that failed",
    sql: "update payments.payment_attempts set state = 'failed' where order_id = 8",
    says: "The ledger has 300 USD of gateway sandbox as pay-8 for attempt 1 of order 8, which is failed",
  },
  {
    breaks: "I42",
    by: "money of another gateway than the one that was asked",
    sql: "update payments.payment_attempts set gateway = 'http' where order_id = 8",
    says: "The ledger has 300 USD of gateway sandbox as pay-8 for attempt 1 of order 8, which is cancelled",
  },
  {
    breaks: "I19",
    by: "one payment that two attempts of an order wait for",
    sql: secondAttempt,
    says: "The payment pay-7 of gateway sandbox belongs to 2 attempts",
  },
];

/** What looks like one of them and is none. */
export const soundRefunds: readonly { readonly what: string; readonly sql: string }[] = [
  {
    what: "a second attempt with the payment that was declined at first",
    sql: `${secondAttempt};
          update payments.payment_attempts set state = 'failed', check_at = null where order_id = 7 and attempt = 1`,
  },
];
