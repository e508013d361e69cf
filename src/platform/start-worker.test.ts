import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ask } from "../../test/support/ask.ts";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { eventually } from "../../test/support/eventually.ts";
import type { Db, Sql } from "./db.ts";
import { declareJob, enqueue, type Job, type JobDeclaration, type JobRun, prepareJobs, queued } from "./jobs.ts";
import { silentLog } from "./log.ts";
import { startWorker } from "./start-worker.ts";

type Named = { name: string };
const fenced = declareJob<Named>("fenced", { maxTries: 5 });
const content = declareJob<Named>("content", { maxTries: 5 });
const plain = declareJob<Named>("plain", { maxTries: 5 });
const poison = declareJob<Named>("poison", { maxTries: 2 });

const leaseSeconds = 1;
const program = fileURLToPath(new URL("../../test/fakes/worker-process.ts", import.meta.url));

async function givenDatabase(): Promise<TestDatabase> {
  const database = await testDatabase();
  await prepareJobs(database.db, [fenced, content, plain, poison]);
  await ask(database.db, "create table public.marks (mark text, name text)");
  await ask(database.db, "create table public.gate ()");
  return database;
}

function givenProcess(context: TestContext, url: string) {
  const child = spawn(process.execPath, [program, url, `${leaseSeconds}`], { stdio: "inherit" });
  context.after(() => child.kill("SIGKILL"));
  return child;
}

async function givenWorker(context: TestContext, { db, url }: TestDatabase, jobs: Job<Named>[]) {
  const log = silentLog;
  const worker = await startWorker({ url, db, log, jobs, atOnce: 4, graceMs: 500, leaseSeconds });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= worker.stop();
    return stopped;
  };
  context.after(stop);
  return { stop };
}

function jobOf(declaration: JobDeclaration<Named>, run: (name: string, context: JobRun) => Promise<void>): Job<Named> {
  return { declaration, run: ({ name }, context) => run(name, context) };
}

async function marks(sql: Sql): Promise<string[]> {
  return (await ask<{ mark: string }>(sql, "select mark from public.marks order by mark")).map(({ mark }) => mark);
}

function listJobs(sql: Sql) {
  return ask<{ attempts: number; lockedBy: string | null; lastError: string | null; available: boolean }>(
    sql,
    "select attempts, locked_by, last_error, is_available as available from graphile_worker._private_jobs order by id",
  );
}

function queue(db: Db, job: JobDeclaration<Named>, name = "a"): Promise<void> {
  return db.transaction((tx) => enqueue(tx, [queued(job, { name })]));
}

describe("a job", () => {
  test("runs once, with its payload and its tries, and is gone", async (context) => {
    const database = await givenDatabase();
    const seen: unknown[] = [];
    await givenWorker(context, database, [
      jobOf(plain, async (name, { tries, lastTry }) => {
        seen.push({ name, tries, lastTry });
      }),
    ]);
    await queue(database.db, plain, "Ann");
    await eventually("the job is gone", async () => (await listJobs(database.db)).length === 0);
    assert.deepEqual(seen, [{ name: "Ann", tries: 1, lastTry: false }]);
  });

  test("that always throws is kept after its last try, and holds up no other (J03)", async (context) => {
    const database = await givenDatabase();
    const tries: boolean[] = [];
    const done: string[] = [];
    await givenWorker(context, database, [
      jobOf(poison, async (_name, { lastTry }) => {
        tries.push(lastTry);
        throw new Error("bitter");
      }),
      jobOf(plain, async (name) => {
        done.push(name);
      }),
    ]);
    await queue(database.db, poison);
    for (const name of ["a", "b", "c"]) await queue(database.db, plain, name);
    await eventually("the others are done", () => done.length === 3);
    await eventually("the first try is recorded", async () => (await listJobs(database.db))[0]?.lastError === "bitter");
    await ask(database.db, "update graphile_worker._private_jobs set run_at = now()");
    await eventually(
      "it is given up",
      async () => (await listJobs(database.db))[0]?.lockedBy === null && tries.length === 2,
    );
    assert.deepEqual(await listJobs(database.db), [
      { attempts: 2, lockedBy: null, lastError: "bitter", available: false },
    ]);
    assert.deepEqual(tries, [false, true]);
  });

  test("that fails together with others is not retried at the same instant as they are", async (context) => {
    const database = await givenDatabase();
    await givenWorker(context, database, [
      jobOf(plain, async () => {
        throw new Error("the gateway is down");
      }),
    ]);
    const count = 20;
    await database.db.transaction((tx) =>
      enqueue(
        tx,
        Array.from({ length: count }, (_, index) => queued(plain, { name: `${index}` })),
      ),
    );
    const waiting = () =>
      ask<{ waitMs: number }>(
        database.db,
        `select (extract(epoch from run_at - created_at) * 1000)::float8 as wait_ms
           from graphile_worker._private_jobs where last_error is not null and attempts = 1`,
      );
    await eventually("all have failed once", async () => (await waiting()).length === count);
    const waits = (await waiting()).map(({ waitMs }) => waitMs);
    // e seconds, spread over half of that: 20 draws within a tenth of the spread would be a miracle.
    assert.ok(Math.max(...waits) - Math.min(...waits) > 135, waits.join(" "));
  });
});

describe("a worker", () => {
  test("that is killed in the middle of a job leaves it to another within its lease (J01)", async (context) => {
    const database = await givenDatabase();
    const child = givenProcess(context, database.url);
    await queue(database.db, fenced);
    await eventually("the job is begun", async () => (await marks(database.db)).includes("begun"));
    child.kill("SIGKILL");

    const tries: number[] = [];
    await givenWorker(context, database, [
      jobOf(fenced, async (_name, run) => {
        tries.push(run.tries);
      }),
    ]);
    await eventually("the job is done and gone", async () => (await listJobs(database.db)).length === 0);
    assert.deepEqual(tries, [2]);
    await eventually(
      "its row is gone",
      async () => (await ask(database.db, "select from platform.processes")).length === 1,
    );
  });

  test("that was paused for longer than its lease has its late effect refused (J02)", async (context) => {
    const database = await givenDatabase();
    const { db } = database;
    const child = givenProcess(context, database.url);
    await queue(db, fenced);
    await eventually("the job is begun", async () => (await marks(db)).includes("begun"));
    child.kill("SIGSTOP");

    await givenWorker(context, database, [
      jobOf(fenced, async (name) => {
        await ask(db, "insert into public.marks values ('effect', $1)", [name]);
      }),
    ]);
    await eventually("another has done the job", async () => (await listJobs(db)).length === 0);
    await ask(db, "insert into public.gate default values");
    child.kill("SIGCONT");
    await eventually("the late effect is refused", async () => (await marks(db)).includes("refused"));
    assert.deepEqual(await marks(db), ["begun", "effect", "refused"]);
    assert.deepEqual(await listJobs(db), []);
  });

  test("that was paused for longer than its lease does not complete what another runs", async (context) => {
    const database = await givenDatabase();
    const { db } = database;
    const child = givenProcess(context, database.url);
    await queue(db, content);
    await eventually("the job is begun", async () => (await marks(db)).includes("begun"));
    child.kill("SIGSTOP");

    const taken = Promise.withResolvers<void>();
    const leave = Promise.withResolvers<void>();
    await givenWorker(context, database, [
      jobOf(content, async () => {
        taken.resolve();
        await leave.promise;
      }),
    ]);
    await taken.promise;
    await ask(db, "insert into public.gate default values");
    child.kill("SIGCONT");
    await eventually("the late run ends", async () => (await marks(db)).includes("content"));
    // It registers anew after it learned that its lease was lost; by then its completion would have happened.
    await eventually("it is back", async () => (await ask(db, "select from platform.processes")).length === 2);
    assert.equal((await listJobs(db)).length, 1);
    leave.resolve();
    await eventually("the other completes it", async () => (await listJobs(db)).length === 0);
  });

  test("lives on when the database ends its connections, and loses no job", async (context) => {
    const database = await givenDatabase();
    const { db } = database;
    const done = new Set<string>();
    await givenWorker(context, database, [
      jobOf(plain, async (name) => {
        done.add(name);
      }),
    ]);
    const rounds = 5;
    for (let round = 0; round < rounds; round += 1) {
      await eventually(`job ${round} is queued`, async () => {
        await queue(db, plain, `${round}`);
        return true;
      });
      await ask(
        db,
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`,
      ).catch(() => {});
    }
    await eventually("all are done and gone", async () => (await listJobs(db)).length === 0 && done.size === rounds);
  });

  test("that stops finishes the job under way and takes no other", async (context) => {
    const database = await givenDatabase();
    const { db } = database;
    const begun = Promise.withResolvers<void>();
    const leave = Promise.withResolvers<void>();
    const done: string[] = [];
    const worker = await givenWorker(context, database, [
      jobOf(plain, async (name) => {
        begun.resolve();
        await leave.promise;
        done.push(name);
      }),
    ]);
    await queue(db, plain, "first");
    await begun.promise;
    const stopped = worker.stop();
    await queue(db, plain, "second");
    leave.resolve();
    await stopped;
    assert.deepEqual(done, ["first"]);
    assert.deepEqual(await listJobs(db), [{ attempts: 0, lockedBy: null, lastError: null, available: true }]);
    assert.deepEqual(await ask(db, "select from platform.processes"), []);
  });

  test("that stops leaves a job which does not end to others, and tells it", async (context) => {
    const database = await givenDatabase();
    const { db } = database;
    const begun = Promise.withResolvers<AbortSignal>();
    const worker = await givenWorker(context, database, [
      jobOf(plain, async (_name, { signal }) => {
        begun.resolve(signal);
        await new Promise(() => {});
      }),
    ]);
    await queue(db, plain);
    const signal = await begun.promise;
    await worker.stop();
    assert.equal(signal.aborted, true);
    assert.deepEqual(await listJobs(db), [{ attempts: 1, lockedBy: null, lastError: null, available: true }]);
  });

  test("tells jobs at once that the process ends, and waits for those that come to an end", async (context) => {
    const database = await givenDatabase();
    const { db } = database;
    const begun = Promise.withResolvers<AbortSignal>();
    const worker = await givenWorker(context, database, [
      jobOf(plain, async (_name, { signal, ending }) => {
        assert.ok(ending);
        const told = once(ending, "abort");
        begun.resolve(signal);
        await told;
      }),
    ]);
    await queue(db, plain);
    const signal = await begun.promise;
    await worker.stop();
    assert.equal(signal.aborted, false);
    assert.deepEqual(await listJobs(db), []);
  });

  test("frees jobs of pools that no process has", async (context) => {
    const database = await givenDatabase();
    const { db } = database;
    await queue(db, plain);
    await ask(
      db,
      `update graphile_worker._private_jobs
          set locked_by = 'pool-nobody', locked_at = now() - interval '1 minute', attempts = 1`,
    );
    const tries: number[] = [];
    await givenWorker(context, database, [
      jobOf(plain, async (_name, run) => {
        tries.push(run.tries);
      }),
    ]);
    await eventually("the job is done and gone", async () => (await listJobs(db)).length === 0);
    assert.deepEqual(tries, [2]);
  });
});
