import { inspect } from "node:util";
import { workWebhook } from "../../src/payments/work-webhook.ts";
import type { Db, Sql } from "../../src/platform/db.ts";
import { enqueue, queued } from "../../src/platform/jobs.ts";
import { openTasks } from "../../src/tasks/index.ts";
import { ask } from "../support/ask.ts";
import { eventually } from "../support/eventually.ts";

/** What is under way, by name. A job that was given up rests once its task is open. */
const leftovers = `
  select (select count(*) from orders.orders where status = 'payment_processing') as payments,
         (select count(*) from graphile_worker._private_jobs where is_available or locked_at is not null) as jobs,
         (select count(*) from graphile_worker._private_jobs as jobs
           where not is_available and locked_at is null
             and not exists (select from tasks.tasks where cause = format('job_failed job %s round %s', jobs.id, jobs.revision))
         ) as untold,
         (select count(*) from payments.refunds where state = 'requested') as refunds,
         (select count(*) from events.appended) as appended,
         (select last_position - position from events.sequencer cross join orders.search_mark) as unsearched,
         (select count(*) from notifications.messages where state = 'queued') as letters`;

const waiting = `
  select identifier, left(split_part(last_error, E'\\n', 1), 200) as error, attempts, payload::text, run_at - now() as due_in
    from graphile_worker._private_jobs as jobs
    join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
   where is_available or locked_at is not null
   limit 3`;

/** Shoppers who left the page on which they were to pay: its time is over, and somebody looks. */
const leavePages = `
  with over as (
    update payments.sandbox_sessions set expires_at = now() where status = 'open' returning order_id
  )
  update payments.payment_attempts as attempts
     set check_at = now()
    from over
   where attempts.order_id = over.order_id and attempts.hosted and attempts.check_at is not null`;

/** Returns when nothing is under way any more, and nobody is about to pay; fails with what is, and with a few of the jobs that wait. */
export async function untilRest(sql: Sql): Promise<void> {
  let left: unknown;
  await ask(sql, leavePages);
  await eventually("nothing is under way", async () => {
    const [counts = {}] = await ask(sql, leftovers);
    left = counts;
    return Object.values(counts).every((count) => count === 0n);
  }).catch(async (error: Error) => {
    throw new Error(`${error.message} Left: ${inspect([left, await ask(sql, waiting)])}`, { cause: error });
  });
}

/** Puts jobs there that were given up. Tried again, each finds that there is nothing to do. */
export async function givenFailedJobs(db: Db, count: number): Promise<void> {
  const works = Array.from({ length: count }, (_, number) =>
    queued(workWebhook, { gateway: "sandbox", eventId: `msg_given_up_${number}`, tries: 0 }),
  );
  await db.transaction(async (tx) => {
    await enqueue(tx, works);
    await ask(
      tx,
      `update graphile_worker._private_jobs set attempts = max_attempts, last_error = 'Given up on purpose.'
        where payload->>'eventId' like 'msg_given_up_%'`,
    );
  });
}

/** Opens tasks that can be closed, newer than those about jobs. */
export async function givenTasks(db: Db, count: number): Promise<void> {
  const tasks = Array.from({ length: count }, (_, number) => ({
    kind: "webhook_changed" as const,
    cause: `given ${number}`,
    orderId: null,
    detail: {},
  }));
  await db.transaction((tx) => openTasks(tx, tasks, new Date()));
}
