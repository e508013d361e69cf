import { randomUUID } from "node:crypto";
import type { Db } from "../platform/db.ts";
import {
  defaultLeaseSeconds,
  giveUpLease,
  type Lease,
  LeaseLost,
  renewalsPerLease,
  takeLease,
} from "../platform/leases.ts";
import type { Log } from "../platform/log.ts";
import { startLoop } from "../platform/start-loop.ts";
import { onAppended } from "./append-events.ts";
import { findAppended } from "./event-queries.ts";
import { type Numbering, numberEvents } from "./number-events.ts";

export interface SequencerOptions {
  readonly db: Db;
  readonly log: Log;
  readonly leaseSeconds?: number;
}

export interface Sequencer {
  /** Numbers what is committed by now, and lets the next process have the feed at once. */
  stop(): Promise<void>;
}

const leaseName = "sequencer";
const busyMs = 10;
const idleMs = 200; // How late an event of another process may be heard of when all was quiet.
const candidateMs = 1_000; // How often the others look whether the sequencer is gone.
const lastTurns = 10; // When stopping; what comes after so many is left to the next process.
/** After an append of our own its commit is near: look often for so long. */
const expectedMs = 300;

const nothing: Numbering = { numbered: 0, full: false };

/**
 * Numbers events for the feed for as long as this process holds the lease; waits for the lease otherwise.
 * Outlives every error of the database.
 */
export function startSequencer({ db, log, leaseSeconds = defaultLeaseSeconds }: SequencerOptions): Sequencer {
  const holder = randomUUID();
  let lease: Lease | undefined;
  let renewAtMs = 0;
  let expectedUntilMs = 0;
  let busy = false;

  async function keepLease(): Promise<Lease | undefined> {
    const now = performance.now();
    if (lease && now < renewAtMs) return lease;
    lease = await takeLease(db, { name: leaseName, holder, seconds: leaseSeconds });
    renewAtMs = now + (leaseSeconds * 1000) / renewalsPerLease;
    return lease;
  }

  async function numberSome(held: Lease): Promise<Numbering> {
    if (!busy && !(await findAppended(db, {})).found) return nothing;
    try {
      return await numberEvents(db, held);
    } catch (error) {
      if (error instanceof LeaseLost) lease = undefined;
      throw error;
    }
  }

  const loop = startLoop({
    name: leaseName,
    log,
    async turn() {
      const held = await keepLease();
      if (!held) return candidateMs;
      const { numbered, full } = await numberSome(held);
      busy = numbered > 0;
      if (full) return 0;
      return busy || performance.now() < expectedUntilMs ? busyMs : idleMs;
    },
  });
  const forget = onAppended(() => {
    const quiet = performance.now() > expectedUntilMs;
    expectedUntilMs = performance.now() + expectedMs;
    if (quiet && lease) loop.nudge();
  });
  return {
    async stop() {
      forget();
      await loop.stop();
      if (!lease) return;
      try {
        for (let turn = 0; turn < lastTurns && (await numberEvents(db, lease)).numbered > 0; turn += 1);
        await giveUpLease(db, lease);
      } catch (err) {
        log.warn({ err }, "The feed is left to the next process when the lease is over.");
      }
    },
  };
}
