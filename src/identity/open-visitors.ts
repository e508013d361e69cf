import type { Sql } from "../platform/db.ts";
import { findMerged } from "./shopper-queries.ts";

/** Knows which visitors became users. */
export interface Visitors {
  isMerged(owner: string): Promise<boolean>;
  /** Who became a user just now is asked about again. */
  forget(owner: string): void;
}

const rememberMs = 1000; // As long as an API key that was revoked may still open something.
const mostRemembered = 10_000; // Visitors of one second.

/**
 * Opens the memory of visitors who have not become users: each is asked about once a second at most. One who became a user
 * elsewhere meanwhile owns nothing, and every write looks again under the shopper's lock.
 */
export function openVisitors(db: Sql): Visitors {
  const strangers = new Map<string, number>();

  function remember(owner: string, atMs: number): void {
    strangers.delete(owner);
    strangers.set(owner, atMs);
    if (strangers.size <= mostRemembered) return;
    // The map's order is that of the asking, so its first is the oldest.
    for (const oldest of strangers.keys()) {
      strangers.delete(oldest);
      return;
    }
  }

  return {
    async isMerged(owner) {
      const nowMs = performance.now();
      const askedAtMs = strangers.get(owner);
      if (askedAtMs !== undefined && nowMs - askedAtMs < rememberMs) return false;
      if (await findMerged(db, { owner })) {
        strangers.delete(owner);
        return true;
      }
      remember(owner, nowMs);
      return false;
    },
    forget: (owner) => void strangers.delete(owner),
  };
}
