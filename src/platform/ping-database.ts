import { type Db, one, type Sql } from "./db.ts";

const ping = one<Sql, Record<string, never>, { answer: number }>("platform.ping", "select 1 as answer");

/** Says whether the database answers just now. */
export async function isReachable(db: Db): Promise<boolean> {
  try {
    await ping(db, {});
    return true;
  } catch {
    return false;
  }
}
