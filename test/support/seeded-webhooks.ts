import type { SeededViolation } from "./seeded-violations.ts";

const body = '{"payment_id":"pay-1"}';

/** A webhook in the inbox, and how far it came. */
const keep = (id: string, state: string, rest: string) => `
  insert into payments.webhook_inbox
    (gateway, event_id, fingerprint, named_order, body, payment_id, news, amount_minor, currency, received_at,
     state, next_try_at, outcome, ended_at)
  values ('sandbox', '${id}', encode(sha256(convert_to(E'1\\n${body}', 'UTF8')), 'hex'), '1', '${body}', 'pay-1',
          'succeeded', 300, 'USD', now(), '${state}', ${rest})`;

const addJob = (id: string) =>
  `select graphile_worker.add_job('work-webhook', '{"gateway":"sandbox","eventId":"${id}"}'::json)`;

const suspend = (orderId: string) => `
  insert into payments.suspense
    (gateway, reference, kind, amount_minor, currency, order_id, task_cause, heard_from, held_at)
  values ('sandbox', 'pay-x', 'capture', 300, 'USD', ${orderId}, 'odd', 'webhook w-1', now())`;

const openTask = `
  insert into tasks.tasks (kind, cause, detail, opened_at)
  values ('payment_unexpected', 'odd', '{"gateway":"sandbox","reference":"pay-1"}', now())`;

/** What breaks when the inbox of webhooks and the money in suspense are not looked after. */
export const seededWebhooks: readonly SeededViolation[] = [
  {
    breaks: "I19",
    by: "a webhook that paid two orders",
    sql: "update payments.money_entries set cause = 'webhook w-1' where kind = 'capture' and order_id in (1, 2)",
    says: "The webhook w-1 of gateway sandbox has 2 entries of kind capture",
  },
  {
    breaks: "I19",
    by: "a webhook that has another body than it came with",
    sql: `${keep("w-1", "worked", "null, 'paid', now()")};
          update payments.webhook_inbox set body = body || ' '`,
    says: "The webhook w-1 of gateway sandbox is not the one that was taken in",
  },
  {
    breaks: "I20",
    by: "a webhook that no job works on",
    sql: `${keep("w-1", "received", "now() + interval '1 minute', null, null")}; ${addJob("w-2")}`,
    says: "The webhook w-1 of gateway sandbox was received, and no job works on it",
  },
  {
    breaks: "I31",
    by: "a webhook that was never worked on",
    sql: `${keep("w-1", "received", "now() - interval '1 hour', null, null")}; ${addJob("w-1")}`,
    says: "The webhook w-1 of gateway sandbox is in the inbox",
  },
  {
    breaks: "I41",
    by: "suspended money of an order that is not there",
    sql: `${openTask}; ${suspend("999")}`,
    says: "Suspended capture pay-x belongs to order 999",
  },
  {
    breaks: "I45",
    by: "suspended money that nobody was asked about",
    sql: suspend("null"),
    says: "The capture pay-x of gateway sandbox, 300 USD, is in suspense",
  },
  {
    breaks: "I45",
    by: "a parked webhook that nobody was asked about",
    sql: keep("w-1", "parked", "null, 'early', now()"),
    says: "The webhook w-1 of gateway sandbox was parked as early",
  },
];

/** The same, done as it should be: no invariant may find anything. */
export const soundWebhooks: readonly { readonly what: string; readonly sql: string }[] = [
  {
    what: "webhooks that were worked on, wait for their job, or were parked with a task",
    sql: `${keep("w-1", "worked", "null, 'paid', now()")};
          ${keep("w-2", "received", "now() + interval '1 minute', null, null")}; ${addJob("w-2")};
          ${keep("w-3", "parked", "null, 'early', now()")}; ${openTask}; ${suspend("1")};
          update payments.money_entries set cause = 'webhook w-1' where kind = 'capture' and order_id = 1`,
  },
];
