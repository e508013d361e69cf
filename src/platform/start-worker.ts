import { setTimeout as sleep } from "node:timers/promises";
import { freeDeadWorkers, freeForgottenJobs } from "./free-dead-workers.ts";
import { defaultLeaseSeconds, renewalsPerLease } from "./leases.ts";
import { type OpenPool, openWorkerPool } from "./open-worker-pool.ts";
import { startPeriodic } from "./start-periodic.ts";
import type { WorkerOptions } from "./worker-state.ts";

export interface Worker {
  /** Takes no more jobs, waits for those under way up to the grace, then leaves them to others. */
  stop(): Promise<void>;
}

const janitorMs = 5_000;
const restartMs = 200;
const longestRestartMs = 2_000;

/**
 * Runs jobs until it is stopped, and frees the jobs of workers that died.
 *
 * Outlives the database: a pool that fails is replaced by a new one, while its jobs under way finish under its own
 * lease. Resolves when the first pool is open or has failed to; it is tried again then.
 */
export async function startWorker(
  given: Omit<WorkerOptions, "leaseSeconds"> & { leaseSeconds?: number },
): Promise<Worker> {
  const options: WorkerOptions = { ...given, leaseSeconds: given.leaseSeconds ?? defaultLeaseSeconds };
  const janitor = startJanitor(options);
  const stopping = new AbortController();
  const first = Promise.withResolvers<void>();
  const done = keepOpen(options, stopping.signal, first.resolve);
  await first.promise;
  return {
    async stop() {
      stopping.abort();
      await Promise.all([done, janitor.stop()]);
    },
  };
}

/** Opens a pool whenever there is none that takes jobs, and closes each. Ends when the signal says so. */
async function keepOpen(options: WorkerOptions, stopping: AbortSignal, opened: () => void): Promise<void> {
  const closing = new Set<Promise<void>>();
  let waitMs = restartMs;
  while (!stopping.aborted) {
    const pool = await openOrLog(options);
    opened();
    if (pool) {
      const since = performance.now();
      await endOf(pool, options, stopping);
      if (performance.now() - since > longestRestartMs) waitMs = restartMs;
      const closed = pool.close().finally(() => closing.delete(closed));
      closing.add(closed);
    }
    await sleep(waitMs, undefined, { signal: stopping }).catch(() => {});
    waitMs = Math.min(waitMs * 2, longestRestartMs);
  }
  await Promise.all(closing);
}

async function openOrLog(options: WorkerOptions): Promise<OpenPool | undefined> {
  try {
    return await openWorkerPool(options);
  } catch (err) {
    options.log.warn({ err }, "Jobs cannot be run now; it is tried again.");
    return undefined;
  }
}

async function endOf(pool: OpenPool, { log }: WorkerOptions, stopping: AbortSignal): Promise<void> {
  const stopped = Promise.withResolvers<undefined>();
  const stop = () => stopped.resolve(undefined);
  stopping.addEventListener("abort", stop, { once: true });
  if (stopping.aborted) stop();
  const reason = await Promise.race([pool.ended, stopped.promise]);
  stopping.removeEventListener("abort", stop);
  if (reason !== undefined) log.warn({ reason }, "A pool of jobs ended; another one is opened.");
}

function startJanitor({ db, log, leaseSeconds }: WorkerOptions) {
  const everyMs = Math.min(janitorMs, (leaseSeconds * 1000) / renewalsPerLease);
  let forgottenAtMs = performance.now();
  return startPeriodic({
    db,
    log,
    name: "janitor",
    everyMs,
    leaseSeconds,
    async run() {
      const dead = await freeDeadWorkers(db, leaseSeconds);
      if (dead > 0) log.warn({ dead }, "Workers died; their jobs are run by others.");
      if (performance.now() - forgottenAtMs < leaseSeconds * 1000) return;
      forgottenAtMs = performance.now();
      const freed = await freeForgottenJobs(db, leaseSeconds);
      if (freed > 0) log.warn({ freed }, "Jobs were locked by nobody that lives; they are run again.");
    },
  });
}
