import type { WorkerPool } from "graphile-worker";
import type { Db } from "./db.ts";
import type { Job } from "./jobs.ts";
import type { Log } from "./log.ts";

export interface WorkerOptions {
  readonly url: string;
  /** For heartbeats; the pool fetches and completes jobs over connections of its own. */
  readonly db: Db;
  readonly log: Log;
  readonly jobs: readonly Job<object>[];
  readonly atOnce: number;
  /** How long jobs under way may take after `stop`, before they are left to others. */
  readonly graceMs: number;
  /** For the pool's own statements. */
  readonly statementTimeoutMs?: number;
  readonly leaseSeconds: number;
}

/** What one pool's jobs and its closing share. */
export interface PoolState {
  readonly options: WorkerOptions;
  /** Ends every job's signal. */
  readonly abort: AbortController;
  /** Tells long jobs that the pool is closed, before the grace begins. */
  readonly ending: AbortController;
  readonly end: (reason: string) => void;
  pool: WorkerPool | undefined;
  processId: string | undefined;
  /** By the monotonic clock of this process. Past it the lease may be over, so that nothing is completed any more. */
  heldUntilMs: number;
  lost: boolean;
}
