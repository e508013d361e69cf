import { mkdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { withLock } from "../platform/hold-lock.ts";
import { keepSecret } from "../platform/keep-secret.ts";
import { authenticateKey } from "./authenticate-key.ts";
import { createApiKey } from "./create-api-key.ts";

const fileName = "api-key";
const by = { actor: "start", name: "first start", requestId: null };

/**
 * The key that a first start makes and keeps in a file that only its owner can read, so that the first order can be
 * placed by copying one line. A kept key that this database does not know, or no longer, is replaced.
 *
 * Takes a lock file, so that processes that start together make and show one key, and none throws another's away.
 */
export async function keepFirstKey(db: Db, clock: Clock, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return withLock(join(folder, `${fileName}.lock`), () => keepOrReplace(db, clock, folder));
}

async function keepOrReplace(db: Db, clock: Clock, folder: string): Promise<string> {
  const make = async () => {
    const create = { name: "first start", scopes: ["full"], by };
    return (await db.transaction((tx) => createApiKey(tx, create, clock.now()))).secret;
  };
  const kept = await keepSecret(folder, fileName, make);
  if (await authenticateKey(db, kept)) return kept;
  await unlink(join(folder, fileName)).catch(() => {});
  return keepSecret(folder, fileName, make);
}
