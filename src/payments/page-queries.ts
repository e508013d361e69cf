import { change, maybeOne, type Sql, type Tx } from "../platform/db.ts";
import type { SandboxSession } from "./page.ts";

const columns = `session_id, order_id, idempotency_key, status, amount_minor, currency, description, customer_email, locale,
         return_url, cancel_url, expires_at, created_at`;

type NewSession = { readonly [Column in Exclude<keyof SandboxSession, "status">]: SandboxSession[Column] };

/** Writes a page, durable when it answers; a key that is taken changes nothing, and answers none. */
export const insertSandboxSession = maybeOne<Sql, NewSession, { sessionId: string }>(
  "payments.insert_sandbox_session",
  `
  insert into payments.sandbox_sessions (${columns})
  values (:sessionId, :orderId, :idempotencyKey, 'open', :amountMinor, :currency, :description, :customerEmail, :locale,
          :returnUrl, :cancelUrl, :expiresAt, :createdAt)
      on conflict (order_id, idempotency_key) do nothing
  returning session_id`,
);

export const findSandboxSession = maybeOne<Sql, { sessionId: string }, SandboxSession>(
  "payments.find_sandbox_session",
  `
  select ${columns}
    from payments.sandbox_sessions
   where session_id = :sessionId`,
);

export const findSandboxSessionByKey = maybeOne<Sql, { orderId: bigint; key: string }, SandboxSession>(
  "payments.find_sandbox_session_by_key",
  `
  select ${columns}
    from payments.sandbox_sessions
   where order_id = :orderId and idempotency_key = :key`,
);

/** Holds the page until the transaction ends: it is decided once. */
export const lockSandboxSession = maybeOne<Tx, { sessionId: string }, SandboxSession>(
  "payments.lock_sandbox_session",
  `
  select ${columns}
    from payments.sandbox_sessions
   where session_id = :sessionId
     for update`,
);

export const setSandboxSessionStatus = change<Tx, { sessionId: string; status: string }>(
  "payments.set_sandbox_session_status",
  "update payments.sandbox_sessions set status = :status where session_id = :sessionId",
);

/** Ends a page whose time is over. One that is being decided just now is waited for, and stays as it is decided. */
export const expireSandboxSession = change<Sql, { orderId: bigint; key: string; now: Date }>(
  "payments.expire_sandbox_session",
  `
  update payments.sandbox_sessions
     set status = 'expired'
   where order_id = :orderId and idempotency_key = :key and status = 'open' and expires_at <= :now`,
);
