import type { JobHelpers, TaskList } from "graphile-worker";
import { coalesce } from "./coalesce.ts";
import { spreadRetry } from "./job-queries.ts";
import { type Job, type JobRun, splitPayload } from "./jobs.ts";
import { setFewerTries } from "./kept-job-queries.ts";
import { ProcessLost } from "./processes.ts";
import { secondsBounds, TallyBook } from "./tally.ts";
import { activeTracer } from "./trace.ts";
import type { PoolState } from "./worker-state.ts";

const spreadAtOnce = 500; // Failures that arrive together share a statement.

/** The runs of jobs in this process: how long they took, and whether they are done, tried again or given up. */
export const jobRuns = new TallyBook(["job", "outcome"], secondsBounds);

/** Spreads the retries of failing jobs. Without the database they come all the same, only together. */
function retrySpreader(state: PoolState): (jobId: bigint) => Promise<void> {
  return coalesce<bigint, void>({
    most: spreadAtOnce,
    flushes: 1,
    async run(jobIds) {
      await spreadRetry(state.options.db, { jobIds, workerPoolId: state.pool?.id ?? "" }).catch(() => {});
      return jobIds.map(() => undefined);
    },
    mayRunAlone: () => false,
  });
}

/** The jobs of a pool as graphile-worker runs them, under the lease of the pool's process. */
export function taskListOf(state: PoolState, registered: Promise<string>): TaskList {
  const spread = retrySpreader(state);
  return Object.fromEntries(
    state.options.jobs.map((job) => [
      job.declaration.name,
      async (payload: unknown, { job: row }: JobHelpers) => {
        const processId = await registered;
        const context: JobRun = {
          tries: row.attempts,
          lastTry: row.attempts >= row.max_attempts,
          signal: state.abort.signal,
          ending: state.ending.signal,
          processId,
        };
        try {
          await assertReadable(state, job, row);
          await runMeasured(job, payload as object, context);
        } catch (err) {
          sayWhy(state, job, { err, id: row.id, context });
          if (!context.lastTry) await spread(BigInt(row.id));
          throw err;
        }
        // Completing deletes the job, also one that somebody else runs by now; failing leaves another's job alone.
        if (state.lost || performance.now() > state.heldUntilMs) throw new ProcessLost(processId);
      },
    ]),
  ) as TaskList;
}

const triesOfUnreadable = 5; // Four minutes with the waits between: a newer process beside this one takes it by then.

/** Refuses a payload that this version cannot read, and leaves it few tries: days of them would only hide it. */
async function assertReadable(state: PoolState, job: Job<object>, row: JobHelpers["job"]): Promise<void> {
  if (job.accepts?.(row.payload) !== false) return;
  const workerPoolId = state.pool?.id ?? "";
  await setFewerTries(state.options.db, { jobId: BigInt(row.id), workerPoolId, most: triesOfUnreadable });
  throw new Error(`This version cannot read the payload of a job ${job.declaration.name}.`);
}

/** Each failed try is told once: loudly when there is no other. */
function sayWhy(
  { options: { log } }: PoolState,
  { declaration: { name } }: Job<object>,
  failed: { err: unknown; id: string; context: JobRun },
): void {
  const { err, id, context } = failed;
  if (context.lastTry) log.error({ err, job: name, id }, "A job failed its last try.");
  else log.warn({ err, job: name, id, tries: context.tries }, "A job failed and is tried again.");
}

async function runMeasured(job: Job<object>, stored: object, context: JobRun): Promise<void> {
  const { name } = job.declaration;
  const { payload, mark } = splitPayload(stored);
  const run = () => job.run(payload, context);
  const facts = { "orderwell.job.tries": context.tries };
  const since = performance.now();
  let outcome = context.lastTry ? "failed" : "retried";
  try {
    await (activeTracer()?.from(mark, `job ${name}`, run, { side: "consumer", facts }) ?? run());
    outcome = "done";
  } finally {
    jobRuns.add((performance.now() - since) / 1000, name, outcome);
  }
}
