import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { runMigrations } from "graphile-worker";
import pg from "pg";
import { reach } from "./failpoints.ts";
import { jobsSchema } from "./job-schema.ts";

const migrationsFolder = new URL("../../db/migrations/", import.meta.url);

/** Any number serves, as long as every process of every version takes the same. */
const migrationLock = 7_340_117;

/**
 * An older version may be at work on the tables. Who waits for the lock of a table keeps everybody else waiting behind,
 * so that a migration waits for moments only, lets them pass, and comes back.
 */
const lockWaitMs = 1_000;
const lockPauseMs = 500;
const lockTries = 80; // Two minutes: longer than any transaction of ours may live, so that then it is somebody else's.

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

const migrationName = /^\d{4}_[a-z0-9_]+\.sql$/;

/** A file that is misnamed is refused: passed over, it would be missed by nobody before its tables are. */
async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  const versions = new Set<number>();
  for (const name of names) {
    if (!migrationName.test(name)) throw new Error(`${name} is no name of a migration; write 0042_what_it_does.sql.`);
    const version = versionOf(name);
    if (versions.has(version)) throw new Error(`Two migrations have version ${version}.`);
    versions.add(version);
  }
  const read = async (name: string) => {
    return { version: versionOf(name), name, sql: await readFile(new URL(name, folder), "utf8") };
  };
  return Promise.all(names.map(read));
}

const versionDigits = 4;

function versionOf(name: string): number {
  return Number(name.slice(0, versionDigits));
}

/**
 * Brings the database to this version's schema and answers the names of the migrations that it ran.
 *
 * Takes an advisory lock, so that processes that start together do it once; each migration commits with its own mark,
 * so that one killed half-way is run again from its start. Tables in use are locked for moments at most. A newer database than this program is refused.
 */
export async function migrate(url: string, folder: URL = migrationsFolder): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client({ connectionString: url, application_name: "orderwell migrate" });
  // A connection that breaks is heard of by its statement; the event alone would end the process.
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    const ran = await runPending(client, migrations);
    await runMigrations({ connectionString: url, preset: { worker: { schema: jobsSchema } } });
    return ran;
  } finally {
    await client.end();
  }
}

async function runPending(client: pg.Client, migrations: readonly Migration[]): Promise<string[]> {
  await client.query(`create table if not exists public.orderwell_migrations (
    version int primary key, name text not null, migrated_at timestamptz not null default now())`);
  const done = await client.query<{ version: number }>("select version from public.orderwell_migrations");
  const versions = new Set(done.rows.map((row) => row.version));
  const newest = migrations.at(-1)?.version ?? 0;
  const ahead = [...versions].filter((version) => version > newest);
  if (ahead.length > 0) {
    throw new Error(
      `The database is at version ${Math.max(...ahead)}, this program knows ${newest}: start a newer program.`,
    );
  }
  const pending = migrations.filter((migration) => !versions.has(migration.version));
  for (const migration of pending) await runOne(client, migration);
  return pending.map((migration) => migration.name);
}

async function runOne(client: pg.Client, migration: Migration): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryOne(client, migration);
    } catch (error) {
      if (attempt >= lockTries || !isLockTimeout(error)) throw failed(migration, error);
      await sleep(lockPauseMs);
    }
  }
}

async function tryOne(client: pg.Client, migration: Migration): Promise<void> {
  await client.query("begin");
  try {
    await client.query(`set local lock_timeout = ${lockWaitMs}`);
    await client.query(migration.sql);
    await reach("inside-migration");
    await client.query("insert into public.orderwell_migrations (version, name) values ($1, $2)", [
      migration.version,
      migration.name,
    ]);
    await client.query("commit");
  } catch (error) {
    // Its own error says what went wrong; that of a rollback on a broken connection would hide it.
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "55P03";
}

function failed(migration: Migration, error: unknown): Error {
  const why = error instanceof Error ? error.message : error;
  return new Error(`Migration ${migration.name} failed: ${why}`, { cause: error });
}
