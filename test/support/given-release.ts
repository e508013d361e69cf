import { cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type pg from "pg";
import { migrate } from "../../src/platform/migrate.ts";
import { asSuperuser } from "./cluster.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A database as a released version left it when it was killed, and a statement list of that version. */
export interface Release {
  readonly takenAt: string;
  /** Of the caller whose orders they are. */
  readonly apiKey: string;
  readonly sequences: Readonly<Record<string, string>>;
  readonly tables: Readonly<Record<string, readonly object[]>>;
}

export interface ReleasedStatement {
  readonly name: string;
  readonly sent: string;
  readonly parameters: number;
}

async function readRelease(version: string): Promise<Release> {
  return JSON.parse(await readFile(join(root, "test/data", `rows-of-${version}.json`), "utf8")) as Release;
}

export async function readReleasedStatements(version: string): Promise<ReleasedStatement[]> {
  return JSON.parse(await readFile(join(root, "test/data", `statements-of-${version}.json`), "utf8"));
}

/** A folder with the migrations up to this one. */
async function migrationsUpTo(version: string, folder: string): Promise<URL> {
  await mkdir(folder, { recursive: true });
  const upTo = (path: string) => !/\d{4}_[^/]*\.sql$/.test(path) || path.replace(/^.*\//, "") < `${version}~`;
  await cp(join(root, "db/migrations"), folder, { recursive: true, filter: upTo });
  return pathToFileURL(`${folder}/`);
}

/**
 * Makes an empty database what it was when that version was killed two minutes ago, longer than any lease of it: all its
 * times are moved, so that nothing in it has grown older since.
 */
export async function givenRelease(
  version: string,
  { url, superuserUrl, folder }: { url: string; superuserUrl: string; folder: string },
): Promise<Release> {
  const release = await readRelease(version);
  await migrate(url, await migrationsUpTo(version, folder));
  const asOwner = new URL(superuserUrl);
  asOwner.pathname = new URL(url).pathname;
  await asSuperuser(asOwner.href, async (client) => {
    // Neither foreign keys nor triggers: the rows are what they were.
    await client.query("set session_replication_role = replica");
    for (const [table, rows] of Object.entries(release.tables)) await insertRows(client, { table, rows, release });
    for (const [sequence, last] of Object.entries(release.sequences)) {
      await client.query("select setval($1::regclass, $2)", [sequence, last]);
    }
  });
  return release;
}

interface TableRows {
  readonly table: string;
  readonly rows: readonly object[];
  readonly release: Release;
}

async function insertRows(client: pg.Client, { table, rows, release }: TableRows): Promise<void> {
  const { rows: columns } = await client.query<{ name: string; type: string }>(
    `select quote_ident(attname) as name, atttypid::regtype::text as type
       from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  const names = columns.map(({ name }) => name).join(", ");
  const values = columns.map(({ name, type }) =>
    type.startsWith("timestamp") ? `${name} + (now() - $2 - interval '2 minutes')` : name,
  );
  await client.query(`delete from ${table}`);
  await client.query(
    `insert into ${table} (${names}) overriding system value
     select ${values.join(", ")} from jsonb_populate_recordset(null::${table}, $1::jsonb), (select $2::timestamptz) as t`,
    [JSON.stringify(rows), release.takenAt],
  );
}
