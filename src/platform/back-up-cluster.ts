import type { Dirent, Stats } from "node:fs";
import { chown, copyFile, lstat, mkdir, open, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import pg from "pg";

export interface BackupOrder {
  /** The folder of a running embedded PostgreSQL, with the secrets beside it. */
  readonly dataDir: string;
  readonly superuserUrl: string;
  /** A folder that is not there yet, or is empty. */
  readonly target: string;
}

export interface Backup {
  readonly files: number;
  readonly bytes: number;
}

/** Why there is no backup, in one sentence for the person who wanted it. */
export class BackupError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BackupError";
  }
}

const clusterName = "postgres";
const secrets = ["api-key", "webhook-secret"];
const segmentName = /^[0-9A-F]{24}$/;
const segmentsPerLog = 256; // Of 16 MB each, as initdb makes them.
const partial = ".unfinished";
const filesAtOnce = 16;

/** What a copy must not have, or PostgreSQL makes anew. Source: PostgreSQL 18, 25.3.4.3 Making a Base Backup. */
const leftOut = new Set(["postmaster.pid", "postmaster.opts", "pg_internal.init"]);
const leftEmpty = new Set([
  "pg_wal",
  "pg_dynshmem",
  "pg_notify",
  "pg_replslot",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans",
]);

/**
 * Copies an embedded database while it works, with the write-ahead log that makes the copy whole: a data folder on which
 * Orderwell starts. It has everything that was committed when the copying ended. A backup that is cut off leaves a folder
 * whose name says so.
 * @throws BackupError
 */
export async function backUpCluster({ dataDir, superuserUrl, target }: BackupOrder): Promise<Backup> {
  const unfinished = `${target}${partial}`;
  await assertFree(target);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(dirname(target), { recursive: true });
  const client = new pg.Client({ connectionString: superuserUrl, application_name: "orderwell backup" });
  client.on("error", () => {}); // A connection that breaks is heard of by the statement under way.
  await client.connect();
  try {
    const copied = await copyAll(client, dataDir, unfinished);
    await rmdir(target).catch(() => {}); // An empty folder gives way; nothing else is there.
    await rename(unfinished, target);
    await sync(dirname(target));
    return copied;
  } finally {
    await client.end();
  }
}

async function assertFree(target: string): Promise<void> {
  const names = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new BackupError(`${target} cannot be written: choose a folder that is not there yet.`);
  });
  if (names.length > 0) throw new BackupError(`${target} is not empty: choose a folder that is not there yet.`);
}

async function copyAll(client: pg.Client, dataDir: string, target: string): Promise<Backup> {
  const source = join(dataDir, clusterName);
  // Keeps the write-ahead log of the time between; it goes with the connection.
  await client.query("select pg_create_physical_replication_slot('orderwell_backup_' || pg_backend_pid(), true, true)");
  const begun = await client.query<{ segment: string }>(
    "select pg_walfile_name(pg_backup_start('orderwell backup', true)) as segment",
  );
  const count = { files: 0, bytes: 0 };
  const root = await lstat(dataDir);
  await makeFolder(target, root);
  await copyFolder(source, join(target, clusterName), count);
  const ended = await client.query<{ segment: string; label: string }>(
    "select pg_walfile_name(lsn) as segment, labelfile as label from pg_backup_stop(false)",
  );
  const [from = "", to = ""] = [begun.rows[0]?.segment, ended.rows[0]?.segment];
  await writeOwned(join(target, clusterName, "backup_label"), ended.rows[0]?.label ?? "", await lstat(source));
  await copySegments(source, join(target, clusterName), { from, to, count });
  for (const name of secrets) await copyOne(join(dataDir, name), join(target, name), count);
  await sync(join(target, clusterName));
  await sync(target);
  return count;
}

async function makeFolder(path: string, like: Stats): Promise<void> {
  await mkdir(path, { mode: like.mode & 0o777 });
  await giveTo(path, like);
}

/** PostgreSQL runs as another user when we are root, and wants its files to be its own. */
async function giveTo(path: string, { uid, gid }: Stats): Promise<void> {
  if (process.getuid?.() === 0) await chown(path, uid, gid);
}

async function writeOwned(path: string, text: string, like: Stats): Promise<void> {
  await writeFile(path, text, { mode: 0o600, flush: true });
  await giveTo(path, like);
}

async function copyFolder(from: string, to: string, count: { files: number; bytes: number }): Promise<void> {
  await makeFolder(to, await lstat(from));
  const entries = await readdir(from, { withFileTypes: true });
  const wanted = entries.filter(({ name }) => !leftOut.has(name) && !name.startsWith("pgsql_tmp"));
  const copyEntry = async (entry: Dirent) => {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory() && leftEmpty.has(entry.name)) return makeTree(source, copy);
    if (entry.isDirectory()) return copyFolder(source, copy, count);
    if (entry.isFile()) return copyOne(source, copy, count);
    throw new BackupError(`${source} is neither a file nor a folder; a backup would not have what is behind it.`);
  };
  // Some at once, since each waits for the disk when it is done.
  for (let at = 0; at < wanted.length; at += filesAtOnce) {
    await Promise.all(wanted.slice(at, at + filesAtOnce).map(copyEntry));
  }
  await sync(to);
}

/** The folder with the folders in it, and no file. */
async function makeTree(from: string, to: string): Promise<void> {
  await makeFolder(to, await lstat(from));
  const entries = await readdir(from, { withFileTypes: true });
  const folders = basename(from) === "pg_wal" ? entries.filter((entry) => entry.isDirectory()) : [];
  for (const { name } of folders) await makeFolder(join(to, name), await lstat(join(from, name)));
}

/** A file may be gone by now, as its table is; the write-ahead log knows. It may change meanwhile, which that mends. */
async function copyOne(from: string, to: string, count: { files: number; bytes: number }): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const copied = await lstat(from).catch(() => lstat(to));
  await giveTo(to, copied);
  await sync(to);
  count.files += 1;
  count.bytes += copied.size;
}

function segmentNumber(name: string): number {
  return Number.parseInt(name.slice(8, 16), 16) * segmentsPerLog + Number.parseInt(name.slice(16), 16);
}

interface Segments {
  readonly from: string;
  readonly to: string;
  readonly count: { files: number; bytes: number };
}

/** Without every segment from the first to the last the copy could not be made whole. */
async function copySegments(source: string, target: string, { from, to, count }: Segments): Promise<void> {
  const names = (await readdir(join(source, "pg_wal"))).filter(
    (name) => segmentName.test(name) && name >= from && name <= to,
  );
  const wanted = segmentNumber(to) - segmentNumber(from) + 1;
  if (names.length !== wanted) {
    throw new BackupError(`${names.length} of ${wanted} segments of the write-ahead log are there: try again.`);
  }
  for (const name of names) await copyOne(join(source, "pg_wal", name), join(target, "pg_wal", name), count);
  await sync(join(target, "pg_wal"));
}

/** What was copied is on the disk before the backup has its name. */
async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  await file.sync().finally(() => file.close());
}
