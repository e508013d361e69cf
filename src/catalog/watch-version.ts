import type { Clock } from "../platform/clock.ts";
import type { Sql } from "../platform/db.ts";
import { findVersion } from "./shown-queries.ts";

/** A stretch of time in which the catalogue stays as it is: what was read in it holds in all of it. */
export interface Era {
  readonly number: bigint;
  /** When a price or a tax rate begins or ends by itself; null when none will. */
  readonly until: Date | null;
}

/** How long the number stands that was read, and so how late a change of the catalogue may be seen. */
const standsMs = 1_000;

interface Known {
  readonly era: Era;
  readonly askedAtMs: number;
}

function isSame(one: Era, other: Era): boolean {
  return one.number === other.number && one.until?.getTime() === other.until?.getTime();
}

/** Whether an era has not ended by itself. */
function lasts({ until }: Era, now: Date): boolean {
  return until === null || now < until;
}

/** A clock that was set back makes what was read neither young nor old: it is read again. */
function stands({ era, askedAtMs }: Known, now: Date): boolean {
  const ageMs = now.getTime() - askedAtMs;
  return ageMs >= 0 && ageMs < standsMs && lasts(era, now);
}

/**
 * Watches the catalogue's version, which is read once a second at most however many ask; those who wait share one
 * reading. The same era is the same object for as long as it lasts.
 */
export function watchVersion(sql: Sql, clock: Clock): () => Era | Promise<Era> {
  let known: Known | undefined;
  let asking: Promise<Era> | undefined;

  async function ask(now: Date): Promise<Era> {
    const { number, nextBorder: until } = await findVersion(sql, { at: now });
    const found = { number, until };
    const era = known && isSame(known.era, found) ? known.era : found;
    known = { era, askedAtMs: now.getTime() };
    return era;
  }

  function join(now: Date): Promise<Era> {
    asking ??= ask(now).finally(() => {
      asking = undefined;
    });
    return asking;
  }

  /** Who joined a reading that began before the era's end asks again. */
  async function read(now: Date): Promise<Era> {
    const era = await join(now);
    return lasts(era, now) ? era : join(now);
  }

  return () => {
    const now = clock.now();
    return known && stands(known, now) ? known.era : read(now);
  };
}
