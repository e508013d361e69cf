import type { Tx } from "../platform/db.ts";
import { setUserName } from "./user-queries.ts";

/** Calls a user by another name from now on. A second call changes nothing. */
export async function renameUser(
  tx: Tx,
  { userId, name }: { userId: string; name: string },
  now: Date,
): Promise<{ name: string }> {
  const trimmed = name.trim();
  await setUserName(tx, { userId, name: trimmed, now });
  return { name: trimmed };
}
