import { change, many, type Sql, type Tx } from "../platform/db.ts";
import type { KeyRow } from "./idempotency.ts";

type Keys = { principals: string[]; keys: string[] };

/**
 * Claims the keys that nobody has and answers them. Waits for transactions that are claiming one of them just now, so it
 * goes through them in ascending order.
 */
export const insertKeys = many<
  Tx,
  Keys & { fingerprints: string[]; orderIds: (bigint | null)[]; now: Date },
  { principal: string; key: string }
>(
  "http.insert_keys",
  `
  insert into http.idempotency_keys (principal, key, fingerprint, order_id, created_at)
  select claim.principal, claim.key, claim.fingerprint, claim.order_id, :now
    from unnest(:principals::text[], :keys::text[], :fingerprints::text[], :orderIds::bigint[])
         as claim (principal, key, fingerprint, order_id)
   order by claim.principal, claim.key
  on conflict (principal, key) do nothing
  returning principal, key`,
);

/** Gives keys that were used too long ago to those who claim them now. Locks them in ascending order. */
export const takeOverKeys = many<
  Tx,
  Keys & { fingerprints: string[]; orderIds: (bigint | null)[]; expiredAt: Date; now: Date },
  { principal: string; key: string }
>(
  "http.take_over_keys",
  `
  with claim as (
    select * from unnest(:principals::text[], :keys::text[], :fingerprints::text[], :orderIds::bigint[])
                  as claim (principal, key, fingerprint, order_id)
  ), expired as (
    select used.principal, used.key
      from claim join http.idempotency_keys as used using (principal, key)
     where used.created_at <= :expiredAt
     order by used.principal, used.key
       for update of used
  )
  update http.idempotency_keys as used
     set fingerprint = claim.fingerprint, order_id = claim.order_id, created_at = :now,
         payment_order_id = null, payment_attempt = null, answer_status = null, answer_body = null,
         answered_at = null
    from expired join claim using (principal, key)
   where used.principal = expired.principal and used.key = expired.key
  returning used.principal, used.key`,
);

export const findKeys = many<Sql, Keys & { expiredAt: Date }, KeyRow>(
  "http.find_keys",
  `
  select used.principal, used.key, used.fingerprint, used.order_id, used.payment_order_id, used.payment_attempt,
         used.answer_status, used.answer_body
    from unnest(:principals::text[], :keys::text[]) as wanted (principal, key)
    join http.idempotency_keys as used using (principal, key)
   where used.created_at > :expiredAt`,
);

/** Keeps the answers of keys that have none yet: the first answer stands. */
export const setAnswers = change<Tx, Keys & { statuses: number[]; bodies: string[]; now: Date }>(
  "http.set_answers",
  `
  update http.idempotency_keys as used
     set answer_status = answer.status, answer_body = answer.body, answered_at = :now
    from unnest(:principals::text[], :keys::text[], :statuses::int[], :bodies::text[])
         as answer (principal, key, status, body)
   where used.principal = answer.principal and used.key = answer.key and used.answered_at is null`,
);

/** Names the order that a claimed key stands for, where it is not the one that was to be placed. */
export const setOrder = change<Tx, { principal: string; key: string; orderId: bigint }>(
  "http.set_order",
  "update http.idempotency_keys set order_id = :orderId where principal = :principal and key = :key",
);

/** Names the payment attempt that a claimed key's request begins. */
export const setPayment = change<Tx, { principal: string; key: string; orderId: bigint; attempt: number }>(
  "http.set_payment",
  `
  update http.idempotency_keys
     set payment_order_id = :orderId, payment_attempt = :attempt
   where principal = :principal and key = :key`,
);

/** Keys whose request placed or paid an order and never answered: its process died in between. Oldest first. */
export const listUnansweredKeys = many<Sql, { claimedBefore: Date; limit: number }, KeyRow>(
  "http.list_unanswered_keys",
  `
  select principal, key, fingerprint, order_id, payment_order_id, payment_attempt, answer_status, answer_body
    from http.idempotency_keys
   where answered_at is null and created_at < :claimedBefore
     and (order_id is not null or payment_order_id is not null)
   order by created_at
   limit :limit`,
);

/** Takes away the oldest keys that are free again, passing over those that somebody is claiming. */
export const deleteExpiredKeys = change<Sql, { expiredAt: Date; most: number }>(
  "http.delete_expired_keys",
  `
  delete from http.idempotency_keys as used
   using (select principal, key
            from http.idempotency_keys
           where created_at <= :expiredAt
           order by created_at
           limit :most
             for update skip locked) as expired
   where used.principal = expired.principal and used.key = expired.key`,
);
