import { hash } from "node:crypto";
import type { Tx } from "../platform/db.ts";
import { randomToken } from "../platform/ids.ts";
import { deleteUnusedTokens, insertToken } from "./one-time-queries.ts";
import { findAnyOwner, lockStaffing } from "./staff-queries.ts";

const tokenBytes = 32;
const offeredSeconds = 86_400; // Whoever starts the program sees its lines the same day; the next start makes another.

export const setupPurpose = "setup_owner";

export function setupTokenHash(token: string): string {
  return hash("sha256", `${setupPurpose} ${token}`, "base64url");
}

/**
 * What opens the page on which the first owner makes an account; undefined when there is an owner. It takes the place of
 * what an earlier start offered and nobody used, and is kept as a hash.
 *
 * Locks who works here.
 */
export async function offerSetup(tx: Tx, now: Date): Promise<string | undefined> {
  await lockStaffing(tx, {});
  if (await findAnyOwner(tx, {})) return undefined;
  await deleteUnusedTokens(tx, { purpose: setupPurpose });
  const token = randomToken(tokenBytes);
  const expiresAt = new Date(now.getTime() + offeredSeconds * 1000);
  await insertToken(tx, { tokenHash: setupTokenHash(token), purpose: setupPurpose, expiresAt, usedAt: null, now });
  return token;
}
