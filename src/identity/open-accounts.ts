import { networkOf } from "../http/network.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { Attempt, AttemptRule } from "./attempt.ts";
import { claimAttempt, settleAttempt } from "./claim-attempt.ts";
import type { AuthLibrary } from "./library.ts";
import type { Origin } from "./open-session.ts";
import type { Sessions } from "./open-sessions.ts";
import type { KnownShoppers } from "./open-shoppers.ts";

/** What everything about accounts stands on. */
export interface Accounts {
  readonly db: Db;
  readonly clock: Clock;
  readonly library: AuthLibrary;
  readonly sessions: Sessions;
  readonly shoppers: KnownShoppers;
  /** Seals letters. */
  readonly secret: string;
}

/** Who asks: from where, and in which language letters to them are written. */
export interface Asker {
  readonly origin: Origin;
  readonly locale: string;
}

export interface Trying {
  readonly rule: AttemptRule;
  readonly origin: Origin;
  /** Whose account it is about, if that is known. */
  readonly email?: string;
}

/**
 * Counts a try by address and account.
 * @throws identity.too_many_attempts
 */
export async function countTry({ db, clock }: Pick<Accounts, "db" | "clock">, { origin, ...trying }: Trying) {
  const attempt: Attempt = { ...trying, network: networkOf(origin.address) };
  const refused = await db.transaction((tx) => claimAttempt(tx, attempt, clock.now()));
  if (refused) throw refused;
  return attempt;
}

/**
 * Does something that may be guessed at: counted before it is tried, and taken back when it succeeds.
 * @throws identity.too_many_attempts
 */
export async function tried<Result>(
  engine: Pick<Accounts, "db" | "clock">,
  trying: Trying,
  work: () => Promise<Result>,
): Promise<Result> {
  const attempt = await countTry(engine, trying);
  const result = await work();
  await engine.db.transaction((tx) => settleAttempt(tx, attempt));
  return result;
}
