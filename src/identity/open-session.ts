import type { Tx } from "../platform/db.ts";
import { randomToken, uuidV7 } from "../platform/ids.ts";
import { sessionSeconds } from "./session.ts";
import { insertSession } from "./session-queries.ts";

const tokenBytes = 24; // 192 bits; OWASP ASVS 7.2.3 wants 128.
const longestAgent = 200; // It is shown to people; what comes behind tells them nothing.

/** Where a request comes from, as sessions note it. */
export interface Origin {
  /** The client's address, as the server knows it. */
  readonly address: string;
  readonly agent: string;
}

/** Opens a session of a user, always a new one; answers its token. */
export async function openSession(
  tx: Tx,
  { userId, origin }: { userId: string; origin: Origin },
  now: Date,
): Promise<string> {
  const token = randomToken(tokenBytes);
  const expiresAt = new Date(now.getTime() + sessionSeconds * 1000);
  const agent = origin.agent.toWellFormed().slice(0, longestAgent).toWellFormed();
  await insertSession(tx, { sessionId: uuidV7(now), userId, token, address: origin.address, agent, expiresAt, now });
  return token;
}
