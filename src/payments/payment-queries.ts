import { change, many, maybeOne, type Sql, type Tx } from "../platform/db.ts";
import { type InsertedColumns, insertRows } from "../platform/insert-rows.ts";
import { type AttemptMoney, type MoneyEntry, mostPromises, type PaymentAttempt, type Refund } from "./payment.ts";

const attemptColumns: InsertedColumns<PaymentAttempt> = {
  order_id: ["bigint", (one) => one.orderId],
  attempt: ["int", (one) => one.attempt],
  key: ["text", (one) => one.key],
  gateway: ["text", (one) => one.gateway],
  state: ["text", (one) => one.state],
  amount_minor: ["bigint", (one) => one.amountMinor],
  currency: ["text", (one) => one.currency],
  reference: ["text", (one) => one.reference],
  check_at: ["timestamptz", (one) => one.checkAt],
  created_at: ["timestamptz", (one) => one.createdAt],
  updated_at: ["timestamptz", (one) => one.updatedAt],
};

/** Writes the intents to charge, before any gateway is asked. */
export const insertAttempts = insertRows<PaymentAttempt>(
  "payments.insert_attempts",
  "payments.payment_attempts",
  attemptColumns,
);

/** As `insertAttempts`, for payments on a gateway's page: the many that are charged pay nothing for the column. */
export const insertHostedAttempts = insertRows<PaymentAttempt>(
  "payments.insert_hosted_attempts",
  "payments.payment_attempts",
  { ...attemptColumns, hosted: ["boolean", (one) => one.hosted] },
);

/** Writes down where the page of an attempt is, once. Stands alone: whoever settles the attempt leaves these columns. */
export const setAttemptSession = change<
  Sql,
  { orderId: bigint; attempt: number; sessionReference: string; sessionUrl: string; now: Date }
>(
  "payments.set_attempt_session",
  `
  update payments.payment_attempts
     set session_reference = :sessionReference, session_url = :sessionUrl, updated_at = :now
   where order_id = :orderId and attempt = :attempt and session_reference is null`,
);

/** The attempt whose page a gateway calls so. */
export const findAttemptBySession = maybeOne<
  Sql,
  { gateway: string; sessionReference: string },
  { orderId: bigint; attempt: number }
>(
  "payments.find_attempt_by_session",
  `
  select order_id, attempt
    from payments.payment_attempts
   where gateway = :gateway and session_reference = :sessionReference`,
);

/** Every attempt of these orders. Whoever means to change one holds the order's row first. */
export const findAttempts = many<Sql, { orderIds: bigint[] }, PaymentAttempt>(
  "payments.find_attempts",
  `
  select order_id, attempt, key, gateway, state, amount_minor, currency, reference, failure, hosted,
         session_reference, session_url, checks, check_at, created_at, updated_at
    from payments.payment_attempts
   where order_id = any(:orderIds::bigint[])
   order by order_id, attempt`,
);

/** Writes what became of attempts, as decided under the locks of their orders. */
export const updateAttempts = change<
  Tx,
  {
    orderIds: bigint[];
    attempts: number[];
    states: string[];
    references: (string | null)[];
    failures: (string | null)[];
    checks: number[];
    checkAts: (Date | null)[];
    now: Date;
  }
>(
  "payments.update_attempts",
  `
  update payments.payment_attempts as held
     set state = given.state, reference = given.reference, failure = given.failure, checks = given.checks,
         check_at = given.check_at, updated_at = :now
    from unnest(:orderIds::bigint[], :attempts::int[], :states::text[], :references::text[], :failures::text[],
                :checks::int[], :checkAts::timestamptz[])
      as given(order_id, attempt, state, reference, failure, checks, check_at)
   where held.order_id = given.order_id and held.attempt = given.attempt`,
);

/** Which orders have these payments in the ledger. */
export const findCaptures = many<
  Sql,
  { gateways: string[]; references: string[] },
  { orderId: bigint; reference: string }
>(
  "payments.find_captures",
  `
  select order_id, reference
    from payments.money_entries
   where gateway = any(:gateways::text[]) and reference = any(:references::text[]) and kind = 'capture'`,
);

export const insertMoneyEntries = insertRows<MoneyEntry>("payments.insert_money_entries", "payments.money_entries", {
  order_id: ["bigint", (one) => one.orderId],
  sequence: ["int", (one) => one.sequence],
  attempt: ["int", (one) => one.attempt],
  kind: ["text", (one) => one.kind],
  amount_minor: ["bigint", (one) => one.amountMinor],
  currency: ["text", (one) => one.currency],
  gateway: ["text", (one) => one.gateway],
  reference: ["text", (one) => one.reference],
  cause: ["text", (one) => one.cause],
  actor: ["text", (one) => one.actor],
  occurred_at: ["timestamptz", (one) => one.occurredAt ?? null],
  recorded_at: ["timestamptz", (one) => one.recordedAt],
});

export const insertRefunds = change<
  Tx,
  {
    orderIds: bigint[];
    refunds: number[];
    attempts: number[];
    keys: string[];
    amounts: bigint[];
    currencies: string[];
    reasons: string[];
    now: Date;
  }
>(
  "payments.insert_refunds",
  `
  insert into payments.refunds
    (order_id, refund, attempt, key, state, amount_minor, currency, reason, created_at, updated_at)
  select order_id, refund, attempt, key, 'requested', amount_minor, currency, reason, :now, :now
    from unnest(:orderIds::bigint[], :refunds::int[], :attempts::int[], :keys::text[], :amounts::bigint[],
                :currencies::text[], :reasons::text[])
      as given(order_id, refund, attempt, key, amount_minor, currency, reason)`,
);

/** Writes what became of refunds, as decided under the locks of their orders. */
export const updateRefunds = change<
  Tx,
  {
    orderIds: bigint[];
    refunds: number[];
    states: string[];
    references: (string | null)[];
    failures: (string | null)[];
    now: Date;
  }
>(
  "payments.update_refunds",
  `
  update payments.refunds as held
     set state = given.state, reference = given.reference, failure = given.failure, updated_at = :now
    from unnest(:orderIds::bigint[], :refunds::int[], :states::text[], :references::text[], :failures::text[])
      as given(order_id, refund, state, reference, failure)
   where held.order_id = given.order_id and held.refund = given.refund`,
);

export const findRefund = maybeOne<Sql, { orderId: bigint; refund: number }, Refund>(
  "payments.find_refund",
  `
  select order_id, refund, attempt, key, state, amount_minor, currency, reason, reference, failure, created_at, updated_at
    from payments.refunds
   where order_id = :orderId and refund = :refund`,
);

/** Every refund of an order. Whoever means to change one holds the order's row first. */
export const findRefunds = many<Sql, { orderId: bigint }, Refund>(
  "payments.find_refunds",
  `
  select order_id, refund, attempt, key, state, amount_minor, currency, reason, reference, failure, created_at, updated_at
    from payments.refunds
   where order_id = :orderId
   order by refund
   limit ${mostPromises}`,
);

/** A page of an order's refunds, newest first, before the one given. */
export const pageRefunds = many<Sql, { orderId: bigint; before: bigint; limit: number }, Refund>(
  "payments.page_refunds",
  `
  select order_id, refund, attempt, key, state, amount_minor, currency, reason, reference, failure, created_at, updated_at
    from payments.refunds
   where order_id = :orderId and refund < :before::bigint
   order by refund desc
   limit :limit`,
);

/** A page of an order's attempts, newest first, before the one given. */
export const pageAttempts = many<Sql, { orderId: bigint; before: bigint; limit: number }, PaymentAttempt>(
  "payments.page_attempts",
  `
  select order_id, attempt, key, gateway, state, amount_minor, currency, reference, failure, hosted,
         session_reference, session_url, checks, check_at, created_at, updated_at
    from payments.payment_attempts
   where order_id = :orderId and attempt < :before::bigint
   order by attempt desc
   limit :limit`,
);

/** Where the money of each attempt that took some is. The sums of bigints are numerics, cast since all are bounded. */
export const sumMoney = many<Sql, { orderId: bigint }, AttemptMoney>(
  "payments.sum_money",
  `
  select :orderId::bigint as order_id, attempt,
         coalesce(sum(amount_minor) filter (where kind = 'capture'), 0)::bigint as captured_minor,
         coalesce(sum(amount_minor) filter (where kind = 'promise'), 0)::bigint as refunding_minor,
         (coalesce(sum(amount_minor) filter (where kind = 'refund'), 0)
           - coalesce(sum(amount_minor) filter (where kind = 'refund_failed'), 0))::bigint as refunded_minor,
         coalesce(sum(amount_minor) filter (where kind = 'chargeback'), 0)::bigint as charged_back_minor
    from (select attempt, kind, amount_minor
            from payments.money_entries
           where order_id = :orderId
          union all
          select attempt, 'promise', amount_minor
            from payments.refunds
           where order_id = :orderId and state = 'requested') as moved
   group by attempt
   order by attempt`,
);

/** What the ledger has under a gateway's name for it: one entry of each kind at most. */
export const findEntriesOf = many<
  Sql,
  { gateway: string; reference: string },
  Pick<MoneyEntry, "orderId" | "attempt" | "kind" | "amountMinor">
>(
  "payments.find_entries_of",
  `
  select order_id, attempt, kind, amount_minor
    from payments.money_entries
   where gateway = :gateway and reference = :reference`,
);

export const listEntries = many<Sql, { orderId: bigint }, MoneyEntry>(
  "payments.list_entries",
  `
  select order_id, sequence, attempt, kind, amount_minor, currency, gateway, reference, cause, actor, recorded_at
    from payments.money_entries
   where order_id = :orderId
   order by sequence
   limit 1000`,
);

/**
 * Claims attempts whose outcome is due to be asked for, and puts their next look off, so that no other process asks
 * meanwhile. Skips what another one is claiming.
 */
export const claimDueAttempts = many<Tx, { now: Date; nextCheckAt: Date; limit: number }, PaymentAttempt>(
  "payments.claim_due_attempts",
  `
  with due as (
    select order_id, attempt
      from payments.payment_attempts
     where check_at <= :now
     order by check_at
     limit :limit
       for update skip locked
  )
  update payments.payment_attempts as held
     set check_at = :nextCheckAt, updated_at = :now
    from due
   where held.order_id = due.order_id and held.attempt = due.attempt
  returning held.order_id, held.attempt, held.key, held.gateway, held.state, held.amount_minor, held.currency,
            held.reference, held.failure, held.hosted, held.session_reference, held.session_url, held.checks,
            held.check_at, held.created_at, held.updated_at`,
);
