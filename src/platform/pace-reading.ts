import { setTimeout as sleep } from "node:timers/promises";

/** A value that costs something to read. */
export interface PacedReading<Value> {
  readonly name: string;
  /** The value as it was read last; undefined when it could not be read. Never throws, never takes long. */
  now(): Promise<Value | undefined>;
  /** Whether the last try to read it failed or is still under way after too long. */
  isMissing(): boolean;
}

const freshMs = 3_000; // Several who ask at once share one reading; no alarm needs to know sooner.
const shareOfTime = 200; // Reading takes half a percent of the time at most: what takes a second is read every 200.
const patienceMs = 2_000; // Shorter than the ten seconds that Prometheus waits by default, all readings together.

/**
 * Lets a value be read now and then, the less often the longer it takes. Whoever asks meanwhile gets the last one, or,
 * when reading failed, none: a number that is no longer true raises no alarm.
 */
export function paceReading<Value>(name: string, read: () => Promise<Value>): PacedReading<Value> {
  let value: Value | undefined;
  let missing = false;
  let nextAtMs = 0;
  let reading: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    const since = performance.now();
    try {
      value = await read();
      missing = false;
    } catch {
      value = undefined;
      missing = true;
    }
    const tookMs = performance.now() - since;
    nextAtMs = performance.now() + Math.max(freshMs, missing ? 0 : tookMs * shareOfTime);
    reading = undefined;
  }

  return {
    name,
    isMissing: () => missing,
    async now() {
      if (performance.now() < nextAtMs) return value;
      reading ??= refresh();
      if (await isLate(reading)) missing = true;
      return value;
    },
  };
}

async function isLate(reading: Promise<void>): Promise<boolean> {
  const ended = new AbortController();
  const late = sleep(patienceMs, true, { signal: ended.signal }).catch(() => false);
  const answer = await Promise.race([reading.then(() => false), late]);
  ended.abort();
  return answer;
}

/** Runs one piece of work after the other, so that many readings take one connection and no more. */
export function inTurn(): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}
