import { many, one, type Sql } from "../platform/db.ts";
import type { AttemptState } from "./payment.ts";

/** Payments that have no end yet, by state. They are few, and an index holds no others. */
export const countOpenAttempts = many<
  Sql,
  Record<never, never>,
  { state: AttemptState; attempts: bigint; oldestSeconds: number }
>(
  "payments.count_open_attempts",
  `
  select state, count(*) as attempts, extract(epoch from now() - min(created_at))::float8 as oldest_seconds
    from payments.payment_attempts
   where check_at is not null
   group by state`,
);

/** Money that was promised back and is not back yet. Reads every refund. */
export const countOpenRefunds = one<Sql, Record<never, never>, { refunds: bigint; oldestSeconds: number | null }>(
  "payments.count_open_refunds",
  `
  select count(*) as refunds, extract(epoch from now() - min(created_at))::float8 as oldest_seconds
    from payments.refunds
   where state = 'requested'`,
);

/** Webhooks that were kept and are not worked on yet. An index holds no others. */
export const countWaitingWebhooks = one<Sql, Record<never, never>, { webhooks: bigint; oldestSeconds: number | null }>(
  "payments.count_waiting_webhooks",
  `
  select count(*) as webhooks, extract(epoch from now() - min(received_at))::float8 as oldest_seconds
    from payments.webhook_inbox
   where state = 'received'`,
);
