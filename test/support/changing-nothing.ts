import assert from "node:assert/strict";
import type { Db } from "../../src/platform/db.ts";
import { changedTables, readTables } from "../fuzz/read-tables.ts";

/** The sign-in library counts whoever asks it, however it answers. */
const triesCounted = "identity.rate_limits";

/** Does something after which every row of every table must be what it was. */
export async function changingNothing(db: Db, work: () => Promise<void>): Promise<void> {
  const before = await readTables(db);
  await work();
  const changed = changedTables(before, await readTables(db));
  assert.deepEqual(
    changed.filter((name) => name !== triesCounted),
    [],
  );
}
