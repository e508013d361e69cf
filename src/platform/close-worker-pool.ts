import { setTimeout as sleep } from "node:timers/promises";
import type { Runner, WorkerPool } from "graphile-worker";
import type pg from "pg";
import { freeJobs } from "./job-queries.ts";
import { removeProcess } from "./processes.ts";
import type { Loop } from "./start-loop.ts";
import type { PoolState } from "./worker-state.ts";

const abortGraceMs = 500; // For jobs that listen to their signal.
const closeMs = 3_000; // A connection that hangs is left to the operating system.
const signOffTries = 10;
const signOffWaitMs = 500;

/** What a pool is made of. */
export interface PoolParts {
  readonly runner: Runner;
  readonly heartbeat: Loop;
  readonly registered: Promise<string>;
  readonly pgPool: pg.Pool;
}

/**
 * Waits for the jobs under way up to the grace, then leaves them to others: what still runs can neither complete nor
 * fail them. Never throws; without the database the lease runs out by itself.
 */
export async function closeWorkerPool(
  state: PoolState,
  { runner, heartbeat, registered, pgPool }: PoolParts,
): Promise<void> {
  const { graceMs } = state.options;
  state.ending.abort(new Error("The process ends."));
  const stopped = stopRunner(runner);
  const inTime = await within(stopped, state.lost ? 0 : graceMs);
  if (!inTime) {
    state.abort.abort(new Error("The process ends."));
    await within(stopped, abortGraceMs);
  }
  state.lost = true;
  await heartbeat.stop();
  await registered.catch(() => {});
  await signOff(state);
  if (!inTime) await within(forceDown(state.pool), closeMs);
  await within(
    pgPool.end().catch(() => {}),
    closeMs,
  );
}

async function stopRunner(runner: Runner): Promise<void> {
  // Refuses when the runner has begun to stop by itself; its promise tells the end in any case.
  await runner.stop().catch(() => {});
  await runner.promise.catch(() => {});
}

async function forceDown(pool: WorkerPool | undefined): Promise<void> {
  await Promise.resolve(pool?.forcefulShutdown("The process ends.")).catch(() => {});
}

/** Tries for some time, since a pool often ends because the database is away for a moment. */
async function signOff(state: PoolState): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await release(state);
    } catch (err) {
      if (attempt === signOffTries) {
        return state.options.log.warn({ err }, "A worker was not signed off; its lease runs out by itself.");
      }
      await sleep(signOffWaitMs);
    }
  }
}

async function release(state: PoolState): Promise<void> {
  const { processId, pool } = state;
  await state.options.db.transaction(async (tx) => {
    if (processId !== undefined) await removeProcess(tx, processId);
    if (pool !== undefined) await freeJobs(tx, { workerPoolIds: [pool.id] });
  });
}

async function within(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(limitMs, false, { signal: timer.signal }).catch(() => false);
  const inTime = await Promise.race([work.then(() => true), late]);
  timer.abort();
  return inTime;
}
