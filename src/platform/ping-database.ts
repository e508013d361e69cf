import type { Db } from "./db.ts";
import { ping } from "./ping-queries.ts";

/** Says whether the database answers just now. */
export async function isReachable(db: Db): Promise<boolean> {
  try {
    await ping(db, {});
    return true;
  } catch {
    return false;
  }
}
