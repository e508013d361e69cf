import type { Tx } from "../../src/platform/db.ts";
import { openTasks } from "../../src/tasks/index.ts";
import type { NewTask } from "../../src/tasks/task.ts";
import { ask } from "./ask.ts";
import { noon } from "./given-orders.ts";

/** Opens a task and answers its id. */
export async function givenTask(tx: Tx, wanted: Partial<NewTask> = {}): Promise<string> {
  const cause = wanted.cause ?? "payment_mismatch order 1 attempt 1";
  await openTasks(tx, [{ kind: "payment_mismatch", orderId: null, detail: {}, ...wanted, cause }], noon);
  const [row] = await ask<{ taskId: bigint }>(tx, "select task_id from tasks.tasks where cause = $1", [cause]);
  return String(row?.taskId);
}

/** Queues a job that was given up, without a worker, and answers its id. */
export async function givenFailedJob(tx: Tx, name: string, payload: object, lastError = "It broke"): Promise<string> {
  const [row] = await ask<{ jobId: bigint }>(
    tx,
    `with added as (select id from graphile_worker.add_job($1, $2::json, max_attempts => 25))
     select id as job_id from added`,
    [name, JSON.stringify(payload)],
  );
  const jobId = String(row?.jobId);
  await ask(
    tx,
    "update graphile_worker._private_jobs set attempts = max_attempts, last_error = $2 where id = $1::bigint",
    [jobId, lastError],
  );
  return jobId;
}
