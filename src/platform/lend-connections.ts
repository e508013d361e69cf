import type pg from "pg";
import { isUnavailable } from "./errors.ts";

/** Hands the connections of a pool out, one to each caller at a time. */
export interface Lending {
  take(): Promise<pg.PoolClient>;
  /** Takes a connection back; one that is `broken` is thrown away. `failure` is what the caller met, if anything. */
  giveBack(client: pg.PoolClient, end?: { broken: boolean; failure: unknown }): void;
}

/** What the server says of a statement has a severity; what befalls a connection has none. */
function isSilence(failure: unknown): boolean {
  return isUnavailable(failure) && !(failure instanceof Error && "severity" in failure);
}

/**
 * Lends the connections of a pool. When one breaks or gives no answer in its time, the others that said nothing since
 * are doubted, and are replaced before they are used again: where a machine or a cable went without a word, each of
 * them would keep its caller waiting for as long as the first did.
 */
export function lendConnections(pool: pg.Pool): Lending {
  const heardAtMs = new WeakMap<pg.PoolClient, number>();
  const takenAtMs = new WeakMap<pg.PoolClient, number>();
  let doubtedBeforeMs = 0;
  pool.on("connect", (client) => heardAtMs.set(client, performance.now()));
  return {
    async take() {
      for (;;) {
        const client = await pool.connect();
        if ((heardAtMs.get(client) ?? 0) >= doubtedBeforeMs) {
          takenAtMs.set(client, performance.now());
          return client;
        }
        client.release(true);
      }
    },
    giveBack(client, end) {
      if (end && isSilence(end.failure)) {
        doubtedBeforeMs = Math.max(doubtedBeforeMs, takenAtMs.get(client) ?? 0);
      } else if (!end?.broken) heardAtMs.set(client, performance.now());
      client.release(end?.broken ?? false);
    },
  };
}
