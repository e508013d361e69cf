import { many, maybeOne, one, type Sql, type Tx } from "../platform/db.ts";
import type { SandboxPayment, SandboxRefund } from "./sandbox.ts";

type GivenPayments = {
  readonly orderIds: bigint[];
  readonly keys: string[];
  readonly paymentIds: string[];
  readonly statuses: string[];
  readonly amounts: bigint[];
  readonly currencies: string[];
  readonly failures: (string | null)[];
  readonly settleTimes: (Date | null)[];
  readonly now: Date;
};

/**
 * Writes a set of payments, durable when it answers, and names those that it wrote; a key that is taken changes nothing.
 * Joins nothing, so it has one plan for one row and for a thousand.
 */
export const insertSandboxPayments = many<Sql, GivenPayments, { paymentId: string }>(
  "payments.insert_sandbox_payments",
  `
  insert into payments.sandbox_payments
    (order_id, idempotency_key, payment_id, status, amount_minor, currency, failure, settles_at, created_at)
  select given.*, :now
    from unnest(:orderIds::bigint[], :keys::text[], :paymentIds::text[], :statuses::text[], :amounts::bigint[],
                :currencies::text[], :failures::text[], :settleTimes::timestamptz[]) as given
      on conflict (order_id, idempotency_key) do nothing
  returning payment_id`,
);

/** The payments made with these keys. The subquery keeps each look-up on the primary key, however many are asked for. */
export const findSandboxPaymentsByKey = many<Sql, { orderIds: bigint[]; keys: string[] }, SandboxPayment>(
  "payments.find_sandbox_payments_by_key",
  `
  select found.*
    from unnest(:orderIds::bigint[], :keys::text[]) as asked (order_id, idempotency_key)
   cross join lateral (
     select order_id, idempotency_key, payment_id, status, amount_minor, currency, failure, settles_at, created_at
       from payments.sandbox_payments as held
      where held.order_id = asked.order_id and held.idempotency_key = asked.idempotency_key
      limit 1
   ) as found`,
);

/** The payments of one order, newest first, a hundred at most: nobody tries more often. */
export const listSandboxPayments = many<Sql, { orderId: bigint }, SandboxPayment>(
  "payments.list_sandbox_payments",
  `
  select order_id, idempotency_key, payment_id, status, amount_minor, currency, failure, settles_at, created_at
    from payments.sandbox_payments
   where order_id = :orderId
   order by created_at desc, payment_id desc
   limit 100`,
);

/** Lets the pending payments whose time has come succeed, and names them. A second run finds none. */
export const settleSandboxPayments = many<Sql, { orderIds: bigint[]; now: Date }, SandboxPayment>(
  "payments.settle_sandbox_payments",
  `
  update payments.sandbox_payments
     set status = 'succeeded'
   where order_id = any(:orderIds::bigint[])
     and status = 'pending'
     and settles_at <= :now
  returning order_id, idempotency_key, payment_id, status, amount_minor, currency, failure, settles_at, created_at`,
);

/** Holds the payment until the transaction ends, so that its refunds are counted one after the other. */
export const lockSandboxPayment = maybeOne<Tx, { orderId: bigint; paymentId: string }, SandboxPayment>(
  "payments.lock_sandbox_payment",
  `
  select order_id, idempotency_key, payment_id, status, amount_minor, currency, failure, settles_at, created_at
    from payments.sandbox_payments
   where order_id = :orderId
     and payment_id = :paymentId
     for update`,
);

/** The refunds of one order, oldest first. */
export const listSandboxRefunds = many<Sql, { orderId: bigint; limit: number }, SandboxRefund>(
  "payments.list_sandbox_refunds",
  `
  select order_id, idempotency_key, refund_id, payment_id, amount_minor, currency, created_at
    from payments.sandbox_refunds
   where order_id = :orderId
   order by created_at, refund_id
   limit :limit`,
);

export const findSandboxRefundByKey = maybeOne<Sql, { orderId: bigint; key: string }, SandboxRefund>(
  "payments.find_sandbox_refund_by_key",
  `
  select order_id, idempotency_key, refund_id, payment_id, amount_minor, currency, created_at
    from payments.sandbox_refunds
   where order_id = :orderId
     and idempotency_key = :key`,
);

/**
 * Writes a refund unless it would give back more than the payment took; then answers none.
 * The caller holds the payment's row, so no other refund of it is under way.
 */
export const insertSandboxRefund = maybeOne<
  Tx,
  {
    orderId: bigint;
    key: string;
    refundId: string;
    paymentId: string;
    amountMinor: bigint;
    currency: string;
    paidMinor: bigint;
    now: Date;
  },
  SandboxRefund
>(
  "payments.insert_sandbox_refund",
  `
  insert into payments.sandbox_refunds
    (order_id, idempotency_key, refund_id, payment_id, amount_minor, currency, created_at)
  select :orderId::bigint, :key::text, :refundId::text, :paymentId::text, :amountMinor::bigint, :currency::text,
         :now::timestamptz
   where :amountMinor::bigint <= :paidMinor::bigint - (
           select coalesce(sum(amount_minor), 0)
             from payments.sandbox_refunds
            where order_id = :orderId::bigint
              and payment_id = :paymentId::text)
  returning order_id, idempotency_key, refund_id, payment_id, amount_minor, currency, created_at`,
);

/** How much of a payment was given back; the sum of bigints is a numeric, cast since it cannot exceed the payment. */
export const sumSandboxRefunds = one<Sql, { orderId: bigint; paymentId: string }, { refundedMinor: bigint }>(
  "payments.sum_sandbox_refunds",
  `
  select coalesce(sum(amount_minor), 0)::bigint as refunded_minor
    from payments.sandbox_refunds
   where order_id = :orderId
     and payment_id = :paymentId`,
);
