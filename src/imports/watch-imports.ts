import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import { type Loop, startLoop } from "../platform/start-loop.ts";
import { findImport } from "./find-imports.ts";
import { type Import, isImportOver } from "./import.ts";

export interface WatchOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  /** How often an import that somebody watches is looked at. */
  readonly everyMs?: number;
}

/** An import as it was at a time. */
export interface Sighting {
  readonly import: Import;
  readonly at: Date;
}

export interface Watching {
  readonly signal: AbortSignal;
  /** Undefined comes after so long without anything new. */
  readonly quietMs: number;
}

/** Looks at imports once for all who watch one in this process. */
export interface ImportWatch {
  /** How many watch. */
  readonly watchers: number;
  /** The import as it is, and whenever that changed, until it is over or the signal ends it. */
  watch(uid: string, watching: Watching): AsyncGenerator<Sighting | undefined>;
}

const defaultEveryMs = 1_000;

/** What one import's watchers share. */
class Watched {
  seen: Sighting | undefined;
  watchers = 0;
  readonly #news = new EventTarget();
  readonly #loop: Loop;

  constructor(uid: string, { db, clock, log, everyMs = defaultEveryMs }: WatchOptions) {
    const turn = async () => {
      const found = await findImport(db, uid);
      if (found) this.#see({ import: found, at: clock.now() });
      return everyMs;
    };
    this.#loop = startLoop({ name: "import-watch", log, turn });
  }

  /** While an import runs its rate is news as well; otherwise only what was written is. */
  #see(sighting: Sighting): void {
    const { status, updatedAt, pausedAt } = sighting.import;
    const before = this.seen?.import;
    const isMoving = status === "validating" || (status === "running" && pausedAt === null);
    if (before && !isMoving && before.updatedAt.getTime() === updatedAt.getTime() && before.status === status) return;
    this.seen = sighting;
    this.#news.dispatchEvent(new Event("news"));
  }

  /** Resolves when something else was seen than this, when the signal ends it, or after so long. */
  async newsAfter(last: Sighting | undefined, { signal, quietMs }: Watching): Promise<void> {
    if (this.seen !== last || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, quietMs);
    const heard = () => resolve();
    this.#news.addEventListener("news", heard, { once: true });
    signal.addEventListener("abort", heard, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#news.removeEventListener("news", heard);
      signal.removeEventListener("abort", heard);
    }
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }
}

/** Opens the watch. Nothing is read while nobody watches. */
export function openImportWatch(options: WatchOptions): ImportWatch {
  const watched = new Map<string, Watched>();
  let watchers = 0;

  async function* follow(one: Watched, watching: Watching): AsyncGenerator<Sighting | undefined> {
    let last: Sighting | undefined;
    while (!watching.signal.aborted) {
      await one.newsAfter(last, watching);
      if (watching.signal.aborted) return;
      if (one.seen === last) {
        yield undefined;
        continue;
      }
      last = one.seen;
      yield last;
      if (last && isImportOver(last.import.status)) return;
    }
  }

  return {
    get watchers() {
      return watchers;
    },
    async *watch(uid, watching) {
      const one = watched.get(uid) ?? new Watched(uid, options);
      watched.set(uid, one);
      one.watchers += 1;
      watchers += 1;
      try {
        yield* follow(one, watching);
      } finally {
        one.watchers -= 1;
        watchers -= 1;
        if (one.watchers === 0) {
          watched.delete(uid);
          await one.stop();
        }
      }
    },
  };
}
