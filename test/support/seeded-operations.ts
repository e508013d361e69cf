import type { SeededViolation } from "./seeded-violations.ts";

const giveUp = `
  select graphile_worker.add_job('tell-customer', '{"orderId":"1","kind":"order_confirmation"}'::json);
  update graphile_worker._private_jobs set attempts = max_attempts, last_error = 'It broke'`;

const openTask = (closed: string) => `
  insert into tasks.tasks (kind, cause, order_id, detail, opened_at, closed_at, closed_by, closed_reason)
  select 'job_failed', format('job_failed job %s round %s', id, revision), 1, '{}', now(), ${closed}
    from graphile_worker._private_jobs`;

/** What breaks when failed jobs, retention and the record of who did what are not looked after. */
export const seededOperations: readonly SeededViolation[] = [
  {
    breaks: "I21",
    by: "a mail that is gone before its time",
    sql: `update notifications.mailbox set forgotten_before = (select min(sent_at) from notifications.messages);
          delete from notifications.mails where order_id = 3 and kind = 'order_shipped'`,
    says: "Order 3: order_shipped was kept in the mailbox",
  },
  {
    breaks: "I26",
    by: "a record of who did what that can be edited",
    sql: "drop trigger entries_append_only on audit.entries",
    says: "audit.entries can be edited",
  },
  {
    breaks: "I29",
    by: "a job that was given up and whose task was closed without a decision",
    sql: `${giveUp}; ${openTask("now(), 'ann', 'Seen.'")}`,
    says: "was given up after 25 tries: It broke",
  },
  {
    breaks: "I29",
    by: "a job that was given up again after its first task",
    sql: `${giveUp}; ${openTask("null, null, null")};
          update graphile_worker._private_jobs set revision = revision + 1`,
    says: "was given up after 25 tries: It broke",
  },
];

/** The same, done as it should be: no invariant may find anything. */
export const soundOperations: readonly { readonly what: string; readonly sql: string }[] = [
  { what: "a job that was given up and has its task", sql: `${giveUp}; ${openTask("null, null, null")}` },
  {
    what: "a mailbox that has forgotten what is old",
    sql: `update notifications.mailbox set forgotten_before = now() + interval '1 hour';
          delete from notifications.mails`,
  },
];
