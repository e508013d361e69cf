import { change, many, type Sql, type Tx } from "../platform/db.ts";
import type { KeptWebhook, WebhookKey } from "./webhook.ts";

type Keys = { gateways: string[]; eventIds: string[] };

/**
 * Keeps the webhooks that are not there yet and answers them. Waits for transactions that keep one of them just now, so
 * it goes through them in ascending order.
 */
export const insertWebhooks = many<
  Tx,
  Keys & {
    fingerprints: string[];
    namedOrders: string[];
    bodies: string[];
    paymentIds: string[];
    refundIds: (string | null)[];
    news: string[];
    amounts: bigint[];
    currencies: string[];
    now: Date;
  },
  WebhookKey
>(
  "payments.insert_webhooks",
  `
  insert into payments.webhook_inbox
    (gateway, event_id, fingerprint, named_order, body, payment_id, refund_id, news, amount_minor, currency,
     next_try_at, received_at)
  select given.*, :now, :now
    from unnest(:gateways::text[], :eventIds::text[], :fingerprints::text[], :namedOrders::text[], :bodies::text[],
                :paymentIds::text[], :refundIds::text[], :news::text[], :amounts::bigint[], :currencies::text[])
      as given(gateway, event_id, fingerprint, named_order, body, payment_id, refund_id, news, amount_minor, currency)
   order by given.gateway, given.event_id
  on conflict (gateway, event_id) do nothing
  returning gateway, event_id`,
);

export const findWebhooks = many<Sql, Keys, KeptWebhook & { fingerprint: string }>(
  "payments.find_webhooks",
  `
  select kept.gateway, kept.event_id, kept.fingerprint, kept.named_order, kept.body, kept.payment_id, kept.refund_id,
         kept.news, kept.amount_minor, kept.currency, kept.state, kept.tries, kept.received_at
    from unnest(:gateways::text[], :eventIds::text[]) as wanted(gateway, event_id)
    join payments.webhook_inbox as kept using (gateway, event_id)`,
);

/** Ends webhooks that wait; one that has ended stays as it is. Locks them in ascending order. */
export const endWaiting = change<Tx, Keys & { states: string[]; outcomes: string[]; now: Date }>(
  "payments.end_waiting_webhooks",
  `
  with given as (
    select *
      from unnest(:gateways::text[], :eventIds::text[], :states::text[], :outcomes::text[])
             as given(gateway, event_id, state, outcome)
  ), waiting as (
    select gateway, event_id, given.state, given.outcome
      from given join payments.webhook_inbox as kept using (gateway, event_id)
     where kept.state = 'received'
     order by gateway, event_id
       for update of kept
  )
  update payments.webhook_inbox as kept
     set state = waiting.state, outcome = waiting.outcome, next_try_at = null, ended_at = :now
    from waiting
   where kept.gateway = waiting.gateway and kept.event_id = waiting.event_id`,
);

/**
 * Puts off webhooks that wait, but those that another process put off meanwhile, and answers which. Locks them in
 * ascending order.
 */
export const putOffWaiting = many<
  Tx,
  Keys & { tries: number[]; nextTryAts: Date[] },
  WebhookKey & { tries: number; nextTryAt: Date }
>(
  "payments.put_off_waiting_webhooks",
  `
  with given as (
    select *
      from unnest(:gateways::text[], :eventIds::text[], :tries::int[], :nextTryAts::timestamptz[])
             as given(gateway, event_id, tries, next_try_at)
  ), waiting as (
    select gateway, event_id, given.next_try_at
      from given join payments.webhook_inbox as kept using (gateway, event_id)
     where kept.state = 'received' and kept.tries = given.tries
     order by gateway, event_id
       for update of kept
  )
  update payments.webhook_inbox as kept
     set tries = kept.tries + 1, next_try_at = waiting.next_try_at
    from waiting
   where kept.gateway = waiting.gateway and kept.event_id = waiting.event_id
  returning kept.gateway, kept.event_id, kept.tries, kept.next_try_at`,
);

/** Takes away the oldest webhooks that ended before then, passing over those that somebody holds. */
export const deleteEndedWebhooks = change<Sql, { endedBefore: Date; most: number }>(
  "payments.delete_ended_webhooks",
  `
  delete from payments.webhook_inbox as kept
   using (select gateway, event_id
            from payments.webhook_inbox
           where ended_at < :endedBefore and state = 'worked'
           order by ended_at
           limit :most
             for update skip locked) as old
   where kept.gateway = old.gateway and kept.event_id = old.event_id`,
);
