import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { EmbeddedPostgresError } from "./embedded-errors.ts";

const pollMs = 25;
const longestWaitMs = 120_000; // Longer than creating a database on a slow disk; then the owner hangs.

/**
 * Tells one life of a process from another with the same id, or undefined when none lives. A zombie does not.
 * Elsewhere than on Linux the id alone has to do.
 */
export async function processBirth(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return undefined;
  }
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) return process.platform === "linux" ? undefined : "alive";
  // The name in brackets may hold anything; state and start time are the 3rd and 22nd fields, counted from the 3rd here.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
}

/**
 * Runs the work while no other process holds the lock file. A lock whose owner is dead is broken.
 * Two that break it at once may, in a window of microseconds, both believe to hold it; what is done under it stays
 * right then (folders are renamed into place, PostgreSQL guards its own), only less polite.
 */
export async function withLock<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const mine = `${path}.${randomUUID()}`;
  const owner = JSON.stringify({ pid: process.pid, birth: await processBirth(process.pid), key: mine });
  await writeFile(mine, owner);
  try {
    await take(path, mine);
  } finally {
    await rm(mine, { force: true });
  }
  try {
    return await work();
  } finally {
    const left = await readFile(path, "utf8").catch(() => "");
    if (left === owner) await rm(path, { force: true });
  }
}

async function take(path: string, mine: string): Promise<void> {
  const until = performance.now() + longestWaitMs;
  while (!(await linked(mine, path))) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const pid = await livingOwner(text);
    if (pid === undefined) await breakLock(path, text);
    else if (performance.now() < until) await sleep(pollMs);
    else throw new EmbeddedPostgresError(`Process ${pid} holds ${path} and does not let go: end it, then start again.`);
  }
}

/** A link appears whole or not at all, so that nobody reads a lock without its owner. */
async function linked(mine: string, path: string): Promise<boolean> {
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function livingOwner(text: string): Promise<number | undefined> {
  try {
    const { pid, birth } = JSON.parse(text) as { pid: number; birth: string };
    return (await processBirth(pid)) === birth ? pid : undefined;
  } catch {
    return undefined; // Not a lock of ours, or cut short by a full disk: nobody holds it.
  }
}

/** Moves the stale lock away. Who finds that a fresh one was moved, since somebody was quicker, puts it back. */
async function breakLock(path: string, stale: string): Promise<void> {
  const moved = `${path}.${randomUUID()}`;
  const gone = await rename(path, moved).then(
    () => false,
    () => true,
  );
  if (gone) return;
  const text = await readFile(moved, "utf8").catch(() => stale);
  if (text !== stale) await link(moved, path).catch(() => {});
  await rm(moved, { force: true });
}
