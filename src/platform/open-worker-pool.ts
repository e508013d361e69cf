import { EventEmitter, setMaxListeners } from "node:events";
import { Logger, run, type WorkerEvents } from "graphile-worker";
import pg from "pg";
import { closeWorkerPool } from "./close-worker-pool.ts";
import { connectionSettings } from "./db.ts";
import { jobsSchema } from "./job-schema.ts";
import { renewalsPerLease } from "./leases.ts";
import type { Log } from "./log.ts";
import { ProcessLost, registerProcess, renewProcess } from "./processes.ts";
import { taskListOf } from "./run-job.ts";
import { type Loop, startLoop } from "./start-loop.ts";
import { type HeldJobs, watchHeldJobs } from "./watch-held.ts";
import type { PoolState, WorkerOptions } from "./worker-state.ts";

export interface OpenPool {
  /** Resolves when the pool takes no more jobs, whatever the reason. */
  readonly ended: Promise<string>;
  /** Finishes what is under way or, after the grace, leaves it to others. Never throws; a second call waits for the first. */
  close(): Promise<void>;
}

const connections = 5; // One listens; one each fetches, completes, fails and returns jobs.
const pollMs = 1_000; // How late a job may start when a notice was lost.
const completeDelayMs = 5; // Completions of so long travel together. Longer, and a crash repeats more of them.
const failDelayMs = 10;
const firstFetchMs = 15_000;

/** Another parser than the driver's own: graphile-worker writes ids as JSON, and JSON has no bigint. */
const textualIds: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === pg.types.builtins.INT8 ? (text: string) => text : pg.types.getTypeParser(oid as never, format as never),
};

/**
 * Starts one pool of graphile-worker, registered with a lease under which its jobs run.
 * It ends by itself when the lease is lost or the library gives up, as it does after one failed completion.
 */
export async function openWorkerPool(options: WorkerOptions): Promise<OpenPool> {
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const state: PoolState = {
    options,
    abort: new AbortController(),
    ending: new AbortController(),
    end,
    pool: undefined,
    processId: undefined,
    heldUntilMs: 0,
    lost: false,
  };
  setMaxListeners(0, state.abort.signal, state.ending.signal);
  const pgPool = new pg.Pool({
    ...connectionSettings({ ...options, applicationName: "orderwell jobs", connections }),
    types: textualIds,
    // Also because the driver then ends a connection that gives no answer. Otherwise the library puts it back, takes it
    // again for the next fetch, and fetches nothing for the quarter of an hour until the operating system gives it up.
    pipeline: true,
  } as pg.PoolConfig);
  pgPool.on("error", (err) => options.log.info({ err }, "An idle connection of the jobs broke."));
  pgPool.on("connect", (client) => client.on("error", () => {}));
  const { promise: registered, resolve: register, reject: refuse } = Promise.withResolvers<string>();
  registered.catch((err) => end(`it could not be registered: ${err}`));

  const events: WorkerEvents = new EventEmitter();
  events.once("pool:create", ({ workerPool }) => {
    state.pool = workerPool;
    registerPool(state, workerPool.id).then(register, refuse);
  });
  events.once("pool:gracefulShutdown", ({ message }) => end(message));
  watchFirstFetch(events, end);
  const held = watchHeldJobs(events);
  try {
    const runner = await run({
      pgPool,
      events,
      taskList: taskListOf(state, registered),
      parsedCronItems: [],
      noHandleSignals: true,
      logger: loggerOf(options.log),
      preset: {
        worker: {
          schema: jobsSchema,
          concurrentJobs: options.atOnce,
          pollInterval: pollMs,
          // As many wait as run: a job of high priority is overtaken by one batch at most.
          localQueue: { size: options.atOnce },
          completeJobBatchDelay: completeDelayMs,
          failJobBatchDelay: failDelayMs,
        },
      },
    });
    runner.promise.then(
      () => end("it stopped"),
      (error) => end(String(error)),
    );
    const heartbeat = startHeartbeat(state, registered, held);
    let closing: Promise<void> | undefined;
    return {
      ended,
      close() {
        closing ??= closeWorkerPool(state, { runner, heartbeat, registered, pgPool });
        return closing;
      },
    };
  } catch (error) {
    end("it did not start");
    await pgPool.end().catch(() => {});
    throw error;
  }
}

async function registerPool(state: PoolState, workerPoolId: string): Promise<string> {
  const { db, leaseSeconds } = state.options;
  const before = performance.now();
  const processId = await registerProcess(db, { kind: "worker", workerPoolId, seconds: leaseSeconds });
  state.heldUntilMs = before + leaseSeconds * 1000;
  state.processId = processId;
  return processId;
}

/** If its very first fetch fails, graphile-worker 0.18 remembers the failure and never fetches again. */
function watchFirstFetch(events: WorkerEvents, end: (reason: string) => void): void {
  const timer = setTimeout(() => end("its first fetch failed"), firstFetchMs);
  timer.unref();
  events.once("localQueue:getJobs:complete", () => clearTimeout(timer));
}

/** Renews the lease, and once in its length looks for jobs that the pool has without knowing it. */
function startHeartbeat(state: PoolState, registered: Promise<string>, held: HeldJobs): Loop {
  const { db, log, leaseSeconds } = state.options;
  let beats = 0;
  return startLoop({
    name: "worker heartbeat",
    log,
    async turn() {
      const processId = await registered.catch(() => undefined);
      const before = performance.now();
      if (processId !== undefined && !state.lost) {
        if (await renewProcess(db, processId, leaseSeconds)) {
          state.heldUntilMs = before + leaseSeconds * 1000;
        } else {
          state.lost = true;
          state.abort.abort(new ProcessLost(processId));
          state.end("its lease was over");
        }
      }
      beats += 1;
      const workerPoolId = state.pool?.id;
      if (beats % renewalsPerLease === 0 && workerPoolId !== undefined && !state.lost) {
        const freed = await held.freeLost(db, { workerPoolId, seconds: leaseSeconds });
        if (freed > 0) log.warn({ freed }, "Jobs were fetched and never arrived; they are run again.");
      }
      return (leaseSeconds * 1000) / renewalsPerLease;
    },
  });
}

/** Jobs do their work over other connections, so that the library's fewer ones are no fault. Failures are logged where they happen. */
const saidElsewhere = /maxPoolSize|^Failed task /;

/** Its `error` level is for single jobs and lost connections too, so it is a warning here. */
function loggerOf(log: Log): Logger {
  return new Logger(() => (level, message) => {
    if (level !== "error" && level !== "warning") return;
    if (!saidElsewhere.test(message)) log.warn({ jobs: level }, message);
  });
}
