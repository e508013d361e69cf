import { randomUUID } from "node:crypto";
import type { Db } from "./db.ts";
import { defaultLeaseSeconds, giveUpLease, type Lease, takeLease } from "./leases.ts";
import type { Log } from "./log.ts";
import { startLoop } from "./start-loop.ts";

export interface PeriodicOptions {
  readonly db: Db;
  readonly log: Log;
  /** Also the name of the lease: of all processes, one does the work. */
  readonly name: string;
  readonly everyMs: number;
  readonly leaseSeconds?: number;
  /** May meet a second run when it takes longer than the lease; then it calls `assertLease` where it writes. */
  run(lease: Lease): Promise<void>;
}

export interface Periodic {
  stop(): Promise<void>;
}

/**
 * Does a piece of work again and again, in one process at a time. A run that fails is logged and repeated.
 * Meant for periods of seconds or minutes: after a crash the next holder waits for the lease, two periods at least.
 */
export function startPeriodic(options: PeriodicOptions): Periodic {
  const { db, log, name, everyMs } = options;
  const holder = randomUUID();
  const seconds = Math.max(options.leaseSeconds ?? defaultLeaseSeconds, (2 * everyMs) / 1000);
  let lease: Lease | undefined;
  const loop = startLoop({
    name,
    log,
    async turn() {
      lease = await takeLease(db, { name, holder, seconds });
      if (lease) await options.run(lease);
      return everyMs;
    },
  });
  return {
    async stop() {
      await loop.stop();
      if (lease)
        await giveUpLease(db, lease).catch((err) => log.warn({ err, lease: name }, "A lease runs out by itself."));
    },
  };
}
