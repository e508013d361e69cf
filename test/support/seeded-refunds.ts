import type { SeededViolation } from "./seeded-violations.ts";

/** What breaks when money that left again is not written down as it must be. Order 9 has some of each kind. */
export const seededRefunds: readonly SeededViolation[] = [
  {
    breaks: "I03",
    by: "a bank that took more than came in",
    sql: `alter table orders.orders drop constraint orders_chargebacks_within_captures;
          update payments.money_entries set amount_minor = 301 where order_id = 9 and kind = 'chargeback';
          update orders.orders set charged_back_minor = 301 where order_id = 9`,
    says: "order 9 took 300 and gave back 50; banks took 301",
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
];
