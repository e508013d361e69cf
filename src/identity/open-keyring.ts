import type { IncomingHttpHeaders } from "node:http";
import type { Principal } from "../http/principal.ts";
import type { Clock } from "../platform/clock.ts";
import type { Sql } from "../platform/db.ts";
import { authenticateKey } from "./authenticate-key.ts";
import { hashOf } from "./create-api-key.ts";
import { prefixOf } from "./key.ts";

export interface Keyring {
  /**
   * Answers who sends these headers; undefined for nobody we know. Throws when the database cannot be asked. Where
   * strangers are turned away, it is asked only about keys that opened something here before.
   */
  authenticate(headers: IncomingHttpHeaders, strangers?: "looked-up" | "turned-away"): Promise<Principal | undefined>;
}

interface Remembered {
  readonly answer: Principal | undefined;
  /** When the database was asked: what it said may be older than now by this much, never by more. */
  readonly askedAtMs: number;
}

/** How long an answer stands, and so how long a revoked key still opens. */
const rememberMs = 1000;
const mostKnown = 10_000; // More keys than a shop has systems.
const mostUnknown = 10_000; // Wrong keys have a memory of their own, so that a flood of them drives no good one out.

/** The key that a request presents: `Authorization: Bearer …`, else `X-Api-Key`. */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const [, bearer] = /^bearer +(\S+) *$/i.exec(headers.authorization ?? "") ?? [];
  if (bearer !== undefined) return bearer;
  const own = headers["x-api-key"];
  return typeof own === "string" ? own : undefined;
}

function remember(memory: Map<string, Remembered>, most: number, entry: { hash: string; heard: Remembered }): void {
  // The map's order is that of the asking, so its first is the oldest.
  memory.set(entry.hash, entry.heard);
  if (memory.size <= most) return;
  for (const oldest of memory.keys()) {
    memory.delete(oldest);
    return;
  }
}

/** A clock that was set back makes what was heard neither young nor old: the database is asked again. */
function isFresh(heard: { askedAtMs: number } | undefined, nowMs: number): boolean {
  const ageMs = heard ? nowMs - heard.askedAtMs : rememberMs;
  return ageMs >= 0 && ageMs < rememberMs;
}

interface Asking {
  readonly answer: Promise<Principal | undefined>;
  readonly askedAtMs: number;
}

/**
 * Opens a keyring over the database: each key is looked up once a second at most, however many requests present it, and
 * requests that wait for the same key share one look-up. Secrets are remembered by their hash alone.
 */
export function keyring(db: Sql, clock: Clock): Keyring {
  const known = new Map<string, Remembered>();
  const unknown = new Map<string, Remembered>();
  const asking = new Map<string, Asking>();

  async function lookUp(presented: string, hash: string, askedAtMs: number): Promise<Principal | undefined> {
    const principal = await authenticateKey(db, presented);
    known.delete(hash);
    unknown.delete(hash);
    const entry = { hash, heard: { answer: principal, askedAtMs } };
    if (principal) remember(known, mostKnown, entry);
    else remember(unknown, mostUnknown, entry);
    return principal;
  }

  function ask(presented: string, hash: string, askedAtMs: number): Promise<Principal | undefined> {
    const answer = lookUp(presented, hash, askedAtMs).finally(() => {
      if (asking.get(hash)?.answer === answer) asking.delete(hash);
    });
    asking.set(hash, { answer, askedAtMs });
    return answer;
  }

  /** What was heard of a key and stands, or is being asked. */
  function recall(hash: string, nowMs: number): Remembered | Asking | undefined {
    const heard = known.get(hash) ?? unknown.get(hash);
    if (heard && isFresh(heard, nowMs)) return heard;
    const underWay = asking.get(hash);
    return underWay && isFresh(underWay, nowMs) ? underWay : undefined;
  }

  return {
    async authenticate(headers, strangers = "looked-up") {
      const presented = presentedKey(headers);
      if (presented === undefined || prefixOf(presented) === undefined) return undefined;
      const hash = hashOf(presented);
      const nowMs = clock.now().getTime();
      const recalled = recall(hash, nowMs);
      if (recalled) return recalled.answer;
      if (strangers === "turned-away" && !known.has(hash)) return undefined;
      return ask(presented, hash, nowMs);
    },
  };
}
