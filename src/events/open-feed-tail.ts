import type { Db } from "../platform/db.ts";
import { isUnavailable } from "../platform/errors.ts";
import type { Log } from "../platform/log.ts";
import { startLoop } from "../platform/start-loop.ts";
import type { FedEvent } from "./event.ts";
import { findLastPosition, listFed } from "./event-queries.ts";
import { onNumbered } from "./number-events.ts";

export interface FeedTailOptions {
  readonly db: Db;
  readonly log: Log;
  /** How many of the newest events are held in memory for those who follow closely. */
  readonly kept?: number;
}

export interface Following {
  /** Events behind this position are wanted. */
  readonly after: bigint;
  readonly signal: AbortSignal;
  /** An empty page comes after so long without an event. */
  readonly quietMs: number;
}

/** The end of the feed, read once for all who follow it in this process. */
export interface FeedTail {
  /** How many follow. */
  readonly followers: number;
  /** The last position that there is: where to begin for what comes from now on. */
  lastPosition(): Promise<bigint>;
  /**
   * Pages of the feed behind a position, in its order and without a gap, until the signal ends it. Who falls far behind
   * reads from the database until it has caught up, at its own pace.
   */
  follow(following: Following): AsyncGenerator<readonly FedEvent[]>;
}

const defaultKept = 2_000; // Half a second of a busy shop, a megabyte or two.
const pageSize = 100; // A slow follower holds a page or two in memory.
const readAtOnce = 1_000;
const busyMs = 10;
const againMs = 500; // A database that restarts is back within seconds.
const idleMs = 100; // How late an event that another process numbered may be heard of when all was quiet.

/** Opens the end of the feed. Nothing is read while nobody follows. */
export function openFeedTail({ db, log, kept = defaultKept }: FeedTailOptions): FeedTail {
  let reader: Reader | undefined;
  let followers = 0;

  /** A page of one's own, for who is behind what is kept; undefined while the database cannot be asked. */
  async function readBehind(position: bigint): Promise<readonly FedEvent[] | undefined> {
    try {
      return await listFed(db, { after: position, limit: pageSize });
    } catch (err) {
      if (!isUnavailable(err)) throw err;
      log.warn({ err }, "A follower of the feed waits for the database.");
      return undefined;
    }
  }

  async function* readPages(from: Reader, { after, signal, quietMs }: Following) {
    let position = after;
    while (!signal.aborted) {
      const news = from.news();
      const page = from.pageAfter(position) ?? (await readBehind(position));
      if (page === undefined) {
        await isHeard(news, signal, Math.min(againMs, quietMs));
        continue;
      }
      if (page.length === 0 && (await isHeard(news, signal, quietMs))) continue;
      position = page.at(-1)?.position ?? position;
      yield page;
    }
  }

  async function* follow(following: Following): AsyncGenerator<readonly FedEvent[]> {
    reader ??= startReader({ db, log, kept });
    followers += 1;
    const mine = reader;
    try {
      yield* readPages(mine, following);
    } finally {
      followers -= 1;
      if (followers === 0) {
        reader = undefined;
        await mine.stop();
      }
    }
  }

  return {
    get followers() {
      return followers;
    },
    lastPosition: async () => (await findLastPosition(db, {})).position,
    follow,
  };
}

interface Reader {
  /** What is kept behind a position; undefined when something between is no longer kept. */
  pageAfter(position: bigint): readonly FedEvent[] | undefined;
  /** Resolves when more is kept than now. */
  news(): Promise<void>;
  stop(): Promise<void>;
}

/** Reads on from the present end of the feed for as long as somebody follows. */
function startReader({ db, log, kept: most }: Required<FeedTailOptions>): Reader {
  let kept: FedEvent[] = [];
  /** Everything kept is behind this position, without a gap. */
  let from: bigint | undefined;
  let news = Promise.withResolvers<void>();

  function keep(read: readonly FedEvent[]): void {
    const all = [...kept, ...read];
    kept = all.slice(-most);
    if (all.length > kept.length) from = all[all.length - kept.length - 1]?.position;
    const heard = news;
    news = Promise.withResolvers();
    heard.resolve();
  }

  async function readOn(): Promise<number> {
    from ??= (await findLastPosition(db, {})).position;
    const read = await listFed(db, { after: kept.at(-1)?.position ?? from, limit: readAtOnce });
    if (read.length === 0) return idleMs;
    keep(read);
    return read.length === readAtOnce ? 0 : busyMs;
  }

  const loop = startLoop({ name: "feed-tail", log, turn: readOn });
  const stopNudging = onNumbered(() => loop.nudge());
  return {
    pageAfter(position) {
      if (from === undefined || position < from) return undefined;
      const first = kept.findIndex((event) => event.position > position);
      return first < 0 ? [] : kept.slice(first, first + pageSize);
    },
    news: () => news.promise,
    async stop() {
      stopNudging();
      await loop.stop();
    },
  };
}

/** Waits for news, or for the end; false when neither came for so long. */
async function isHeard(news: Promise<void>, signal: AbortSignal, quietMs: number): Promise<boolean> {
  if (signal.aborted) return true; // Its listeners have been told already.
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), quietMs);
  const stop = () => resolve(true);
  signal.addEventListener("abort", stop, { once: true });
  void news.then(stop);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
