import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type pg from "pg";
import { asSuperuser, joinCluster, type TestCluster, urlOf } from "../../test/support/cluster.ts";
import { eventually } from "../../test/support/eventually.ts";
import { runFailing } from "../../test/support/run-failing.ts";
import { isUnavailable } from "./errors.ts";
import { migrate } from "./migrate.ts";

const allOfThem = (await readdir(new URL("../../db/migrations/", import.meta.url))).sort();

let cluster: TestCluster;
before(async () => {
  cluster = await joinCluster();
});
after(() => cluster.stop());

let name = "";
let url = "";
let databases = 0;
beforeEach(async () => {
  databases += 1;
  name = `orderwell_test_${process.pid}_migrate_${databases}`;
  url = urlOf(cluster, name);
  await asSuperuser(cluster.superuserUrl, (client) => client.query(`create database ${name} owner "${cluster.role}"`));
});
afterEach(() =>
  asSuperuser(cluster.superuserUrl, (client) => client.query(`drop database if exists ${name} with (force)`)),
);

/** Rows of the database that is migrated. */
function rowsOf<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  return asSuperuser(url, async (client) => (await client.query<Row>(sql)).rows);
}

async function markedNames(): Promise<string[]> {
  const rows = await rowsOf<{ name: string }>("select name from public.orderwell_migrations order by version");
  return rows.map((row) => row.name);
}

async function isThere(table: string): Promise<boolean> {
  const [row] = await rowsOf<{ there: boolean }>(`select to_regclass('${table}') is not null as there`);
  return row?.there === true;
}

describe("migrate", () => {
  test("runs every migration of this version once, and prepares the jobs", async () => {
    assert.deepEqual(await migrate(url), allOfThem);
    assert.deepEqual(await markedNames(), allOfThem);
    assert.ok(await isThere("orders.orders"));
    assert.ok(await isThere("graphile_worker._private_jobs"));
    assert.deepEqual(await migrate(url), [], "the second run finds nothing to do");
  });

  for (const processes of [2, 5]) {
    test(`runs each migration once when ${processes} start at once`, async () => {
      const ran = await Promise.all(Array.from({ length: processes }, () => migrate(url)));
      assert.deepEqual(ran.flat(), allOfThem);
      assert.deepEqual(await markedNames(), allOfThem);
    });
  }

  test("leaves nothing of a migration in which the process was killed, and runs it then from its start", async () => {
    const killed = await runFailing("inside-migration:kill", "migrate", url);
    assert.deepEqual(killed, { signal: "SIGKILL", lines: [] });
    await eventually("the server has noticed", async () => {
      const others = "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
      return (await rowsOf(others)).length === 0;
    });
    assert.deepEqual(await markedNames(), []);
    assert.equal(await isThere("orders.orders"), false);
    assert.deepEqual(await runFailing("", "migrate", url), { signal: null, lines: allOfThem });
  });

  test("does not wait for ever for a process that was killed while others wait", async () => {
    const outcomes = await Promise.all([
      runFailing("inside-migration:kill", "migrate", url),
      runFailing("", "migrate", url),
    ]);
    // Whoever came second may have found nothing to do; the schema is whole either way.
    assert.equal(outcomes[1].signal, null);
    assert.deepEqual(await markedNames(), allOfThem);
  });

  test("refuses a database that a newer program made, and changes nothing there", async () => {
    await migrate(url);
    await rowsOf("insert into public.orderwell_migrations (version, name) values (9999, '9999_later.sql')");
    const newest = Number(allOfThem.at(-1)?.slice(0, 4));
    await assert.rejects(migrate(url), {
      message: `The database is at version 9999, this program knows ${newest}: start a newer program.`,
    });
    assert.deepEqual(await markedNames(), [...allOfThem, "9999_later.sql"]);
  });

  test("says that the database is not there as everybody else does", async () => {
    await assert.rejects(migrate("postgres://nobody@127.0.0.1:1/nothing"), isUnavailable);
  });
});

describe("migrations of a folder", () => {
  let path = "";
  let folder: URL;
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), "orderwell-migrations-"));
    folder = pathToFileURL(`${path}/`);
  });
  afterEach(() => rm(path, { recursive: true, force: true }));

  const write = (file: string, sql: string) => writeFile(join(path, file), sql);

  test("run in the order of their numbers, and new ones later", async () => {
    await write("0002_b.sql", "insert into public.steps (step) values (2);");
    await write("0001_a.sql", "create table public.steps (at serial, step int);");
    await write("notes.md", "Not for the database.");
    assert.deepEqual(await migrate(url, folder), ["0001_a.sql", "0002_b.sql"]);
    await write(
      "0003_add_2_more.sql",
      "insert into public.steps (step) values (3); insert into public.steps values (9, 4);",
    );
    assert.deepEqual(await migrate(url, folder), ["0003_add_2_more.sql"]);
    assert.deepEqual(await rowsOf("select step from public.steps order by at"), [
      { step: 2 },
      { step: 3 },
      { step: 4 },
    ]);
  });

  test("stop at one that fails: it leaves nothing, those before it stay, and it can be mended", async () => {
    await write("0001_a.sql", "create table public.steps (step int);");
    await write("0002_b.sql", "insert into public.steps values (2); select nonsense;");
    await write("0003_c.sql", "insert into public.steps values (3);");
    await assert.rejects(migrate(url, folder), {
      message: 'Migration 0002_b.sql failed: column "nonsense" does not exist',
    });
    assert.deepEqual(await markedNames(), ["0001_a.sql"]);
    assert.deepEqual(await rowsOf("select step from public.steps"), []);
    await write("0002_b.sql", "insert into public.steps values (2);");
    assert.deepEqual(await migrate(url, folder), ["0002_b.sql", "0003_c.sql"]);
  });

  test("wait for a table in use without keeping others waiting behind them", async () => {
    await write("0001_a.sql", "create table public.steps (step int);");
    await migrate(url, folder);
    await write("0002_b.sql", "alter table public.steps add column kind text;");
    let migrating: Promise<string[]> | undefined;
    await asSuperuser(url, async (reader) => {
      await reader.query("begin; select from public.steps");
      migrating = migrate(url, folder);
      await eventually("the migration waits", async () => {
        const waiting = "select from pg_locks where not granted and relation = 'public.steps'::regclass";
        return (await rowsOf(waiting)).length === 1;
      });
      await rowsOf("set statement_timeout = '10s'; select from public.steps");
      assert.deepEqual(await markedNames(), ["0001_a.sql"]);
      await reader.query("commit");
    });
    assert.deepEqual(await migrating, ["0002_b.sql"]);
  });

  test("say why they failed when the connection broke under one", async () => {
    await write("0001_a.sql", "select pg_terminate_backend(pg_backend_pid());");
    await assert.rejects(migrate(url, folder), (error: Error) => {
      assert.match(error.message, /^Migration 0001_a\.sql failed: terminating connection/);
      return isUnavailable(error);
    });
  });

  for (const file of ["1_short.sql", "0002-dashes.sql", "0002_Upper.sql", "0002_.sql", "00002_long.sql", "draft.sql"]) {
    test(`refuses the name ${file} before anything runs`, async () => {
      await write("0001_a.sql", "create table public.steps (step int);");
      await write(file, "select 1;");
      await assert.rejects(migrate(url, folder), {
        message: `${file} is no name of a migration; write 0042_what_it_does.sql.`,
      });
      assert.equal(await isThere("public.orderwell_migrations"), false);
    });
  }

  test("refuses two of one number", async () => {
    await write("0001_a.sql", "select 1;");
    await write("0001_b.sql", "select 1;");
    await assert.rejects(migrate(url, folder), { message: "Two migrations have version 1." });
  });
});
