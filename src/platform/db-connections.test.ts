import assert from "node:assert/strict";
import { before, describe, type TestContext, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { eventually } from "../../test/support/eventually.ts";
import { type Db, openDb, type Sql } from "./db.ts";
import { isUnavailable } from "./errors.ts";

let database: TestDatabase;
/** Looks on from outside, and ends the connections of others. */
let other: Db;
before(async () => {
  database = await testDatabase();
  other = database.db;
  await ask(other, "create table public.kept (id int)");
});

const applicationName = "orderwell broken";

/** A pool with one connection, so that whoever comes next needs the place of the one that broke. */
function givenPool(t: TestContext, onIdleError?: (error: Error) => void): Db {
  const db = openDb({ url: database.url, applicationName, connections: 1, ...(onIdleError && { onIdleError }) });
  t.after(() => db.close());
  return db;
}

async function pidOf(sql: Sql): Promise<number> {
  const [row] = await ask<{ pid: number }>(sql, "select pg_backend_pid() as pid");
  return row?.pid ?? 0;
}

async function stateOf(pid: number): Promise<string | undefined> {
  const [row] = await ask<{ state: string }>(other, "select state from pg_stat_activity where pid = $1", [pid]);
  return row?.state;
}

async function terminate(pid: number): Promise<void> {
  assert.deepEqual(await ask(other, "select pg_terminate_backend($1) as ended", [pid]), [{ ended: true }]);
  await eventually(`connection ${pid} is gone`, async () => (await stateOf(pid)) === undefined);
}

async function keptRows(): Promise<unknown[]> {
  return ask(other, "select id from public.kept");
}

describe("a connection that breaks", () => {
  test("while nobody uses it is told of, and replaced at the next call", async (t) => {
    const heard: Error[] = [];
    const db = givenPool(t, (error) => heard.push(error));
    const pid = await pidOf(db);
    await terminate(pid);
    await eventually("the pool hears of it", () => heard.length === 1);
    assert.ok(isUnavailable(heard[0]));
    assert.notEqual(await pidOf(db), pid);
    assert.equal(db.load().total, 1);
  });

  test("while nobody uses it does not end the process when nobody listens either", async (t) => {
    const db = givenPool(t);
    const pid = await pidOf(db);
    await terminate(pid);
    await eventually("the pool has let it go", () => db.load().total === 0);
    assert.notEqual(await pidOf(db), pid);
  });

  test("under a statement fails that statement as unavailable, and the next call works", async (t) => {
    const db = givenPool(t);
    const pid = await pidOf(db);
    const sleeping = assert.rejects(ask(db, "select pg_sleep(600)"), isUnavailable);
    await eventually("it sleeps", async () => (await stateOf(pid)) === "active");
    await terminate(pid);
    await sleeping;
    assert.notEqual(await pidOf(db), pid);
  });

  test("under a pipeline fails all of it, and nothing is left of it", async (t) => {
    const db = givenPool(t);
    let pid = 0;
    const transaction = db.transaction(async (tx) => {
      pid = await pidOf(tx);
      const insert = () => ask(tx, "insert into public.kept values (1)");
      await Promise.all([insert(), ask(tx, "select pg_sleep(600)"), insert(), insert()]);
    });
    const failing = assert.rejects(transaction, isUnavailable);
    await eventually("it sleeps", async () => pid !== 0 && (await stateOf(pid)) === "active");
    await terminate(pid);
    await failing;
    assert.deepEqual(await keptRows(), []);
    assert.notEqual(await pidOf(db), pid);
  });

  test("between two statements of a transaction fails the second, and the work is not run again", async (t) => {
    const db = givenPool(t);
    let runs = 0;
    const transaction = db.transaction(async (tx) => {
      runs += 1;
      await ask(tx, "insert into public.kept values (1)");
      await terminate(await pidOf(tx));
      await ask(tx, "insert into public.kept values (2)");
    });
    await assert.rejects(transaction, isUnavailable);
    assert.equal(runs, 1);
    assert.deepEqual(await keptRows(), []);
    await db.transaction((tx) => ask(tx, "select 1"));
  });

  test("before the commit never counts as success", async (t) => {
    const db = givenPool(t);
    const transaction = db.transaction(async (tx) => {
      await ask(tx, "insert into public.kept values (1)");
      await terminate(await pidOf(tx));
    });
    await assert.rejects(transaction, isUnavailable);
    assert.deepEqual(await keptRows(), []);
    await db.transaction((tx) => ask(tx, "select 1"));
  });

  test("leaves the first error standing when rolling back fails too", async (t) => {
    const db = givenPool(t);
    const ours = new Error("ours");
    const transaction = db.transaction(async (tx) => {
      await terminate(await pidOf(tx));
      throw ours;
    });
    await assert.rejects(transaction, (error) => error === ours);
    await db.transaction((tx) => ask(tx, "select 1"));
  });

  test("together with all others under load fails their callers at most", async (t) => {
    const connections = 5;
    const db = openDb({ url: database.url, applicationName: "orderwell crowd", connections });
    t.after(() => db.close());
    const calls = Array.from({ length: 50 }, () => ask(db, "select pg_sleep(0.05)"));
    const outcomes = Promise.allSettled(calls);
    const mine = "application_name = 'orderwell crowd' and datname = current_database()";
    await eventually("all are busy", async () => {
      const [row] = await ask(
        other,
        `select count(*) as busy from pg_stat_activity where ${mine} and state = 'active'`,
      );
      return row?.busy === BigInt(connections);
    });
    await ask(other, `select pg_terminate_backend(pid) from pg_stat_activity where ${mine}`);
    for (const outcome of await outcomes) {
      if (outcome.status === "rejected") assert.ok(isUnavailable(outcome.reason), String(outcome.reason));
    }
    await Promise.all(Array.from({ length: 10 }, () => ask(db, "select 1")));
    assert.ok(db.load().total <= connections);
  });
});

describe("the settings of a connection", () => {
  test("end a statement that takes too long, and the next call works", async (t) => {
    const db = openDb({ url: database.url, applicationName, connections: 1, statementTimeoutMs: 50 });
    t.after(() => db.close());
    await assert.rejects(ask(db, "select pg_sleep(600)"), { code: "57014" });
    assert.deepEqual(await ask(db, "select 1 as answer"), [{ answer: 1 }]);
  });

  test("bound the wait for locks and for the next statement of a transaction, and say who we are", async (t) => {
    const db = givenPool(t);
    const [row] = await ask(
      db,
      `select current_setting('lock_timeout') as locks, current_setting('application_name') as name,
              current_setting('idle_in_transaction_session_timeout') as idle,
              current_setting('statement_timeout') as statements`,
    );
    assert.deepEqual(row, { locks: "10s", name: applicationName, idle: "30s", statements: "30s" });
  });
});

describe("a database that is not there", () => {
  // Nothing listens on port 1, and no connection to it is waited for.
  const nowhere = "postgres://nobody@127.0.0.1:1/nothing";

  test("is unavailable to statements and transactions", async (t) => {
    const db = openDb({ url: nowhere, applicationName });
    t.after(() => db.close());
    await assert.rejects(ask(db, "select 1"), isUnavailable);
    await assert.rejects(
      db.transaction(() => Promise.resolve()),
      isUnavailable,
    );
    const { total, idle, waiting, failed } = db.load();
    assert.deepEqual({ total, idle, waiting, failed }, { total: 0, idle: 0, waiting: 0, failed: 1 });
  });

  test("is unavailable once the pool is closed", async () => {
    const db = openDb({ url: database.url, applicationName });
    await ask(db, "select 1");
    await db.close();
    await assert.rejects(ask(db, "select 1"), isUnavailable);
  });
});
