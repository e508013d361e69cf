import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { change, type Db, many, maybeOne, one, type Sql, type Tx } from "./db.ts";

/** A unique key, so that a statement can fail for a reason of the database's own. */
const insertKept = change<Tx, { id: number }>("test.insert_kept", "insert into public.kept (id) values (:id)");
const listKept = many<Sql, Record<string, never>, { id: number }>(
  "test.list_kept",
  "select id from public.kept order by id",
);
const setAmount = change<Sql, { id: number; amount: number }>(
  "test.set_amount",
  "update public.kept set amount = :amount where id = :id",
);

const duplicate = { code: "23505" };
const serializationFailure = { code: "40001" };

let database: TestDatabase;
let db: Db;
before(async () => {
  database = await testDatabase();
  db = database.db;
});

/** An empty table for one test: committed rows of another would be seen. */
async function givenTable(...ids: number[]): Promise<void> {
  await ask(db, "drop table if exists public.kept");
  await ask(db, "create table public.kept (id int primary key, amount int not null default 0)");
  for (const id of ids) await db.transaction((tx) => insertKept(tx, { id }));
}

const keptIds = async () => (await listKept(db, {})).map((row) => row.id);

/** Answers when as many callers have come as were awaited. */
function meetingOf(callers: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let come = 0;
  return () => {
    come += 1;
    if (come === callers) resolve();
    return promise;
  };
}

describe("transaction", () => {
  test("commits what the work did, and answers what it answered", async () => {
    await givenTable();
    const answer = await db.transaction(async (tx) => {
      await insertKept(tx, { id: 1 });
      assert.deepEqual(await keptIds(), [], "nobody else sees it before the end");
      return "done";
    });
    assert.equal(answer, "done");
    assert.deepEqual(await keptIds(), [1]);
  });

  test("rolls back when the work throws, and throws the same error", async () => {
    await givenTable();
    const ours = new Error("ours");
    const transaction = db.transaction(async (tx) => {
      await insertKept(tx, { id: 1 });
      throw ours;
    });
    await assert.rejects(transaction, (error) => error === ours);
    assert.deepEqual(await keptIds(), []);
  });

  test("rolls back statements that were still under way when the work threw", async () => {
    await givenTable();
    const ours = new Error("ours");
    const transaction = db.transaction((tx) => Promise.all([insertKept(tx, { id: 1 }), Promise.reject(ours)]));
    await assert.rejects(transaction, (error) => error === ours);
    assert.deepEqual(await keptIds(), []);
  });

  test("rolls all of a pipeline back when one of it fails, and says why that one did", async () => {
    await givenTable();
    const transaction = db.transaction((tx) => Promise.all([1, 2, 1, 3, 4].map((id) => insertKept(tx, { id }))));
    await assert.rejects(transaction, duplicate);
    assert.deepEqual(await keptIds(), []);
  });

  test("fails when the work swallowed the error of a statement, since nothing was committed", async () => {
    await givenTable(1);
    const transaction = db.transaction(async (tx) => {
      await insertKept(tx, { id: 2 });
      await insertKept(tx, { id: 1 }).catch(() => {});
    });
    await assert.rejects(transaction, { message: /was rolled back: a failed statement was not noticed/ });
    assert.deepEqual(await keptIds(), [1]);
  });

  test("leaves a clean connection behind each of its ends", async () => {
    await givenTable(1);
    await db.transaction((tx) => insertKept(tx, { id: 1 })).catch(() => {});
    await db.transaction((tx) => insertKept(tx, { id: 1 }).catch(() => {})).catch(() => {});
    const open = await ask(
      db,
      "select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
    );
    assert.deepEqual(open, []);
    assert.equal(db.load().waiting, 0);
    assert.equal(db.load().idle, db.load().total);
  });

  test("leaves none behind when the work failed because something else was not to be reached", async () => {
    await givenTable();
    const elsewhere = Object.assign(new Error("elsewhere"), { code: "ECONNREFUSED" });
    const transaction = db.transaction(async (tx) => {
      await insertKept(tx, { id: 1 });
      throw elsewhere;
    });
    await assert.rejects(transaction, (error) => error === elsewhere);
    const answers = await Promise.all(Array.from({ length: 10 }, () => keptIds()));
    assert.deepEqual(answers.flat(), []);
  });

  test("lets more callers in than there are connections, one after the other", async () => {
    await givenTable();
    const ids = Array.from({ length: 40 }, (_, index) => index);
    await Promise.all(ids.map((id) => db.transaction((tx) => insertKept(tx, { id }))));
    assert.deepEqual(await keptIds(), ids);
    assert.ok(db.load().total <= 10);
  });
});

describe("finish", () => {
  test("commits the statements that nobody waited for", async () => {
    await givenTable();
    await db.transaction(async (tx) => tx.finish([insertKept(tx, { id: 1 }), insertKept(tx, { id: 2 })]));
    assert.deepEqual(await keptIds(), [1, 2]);
  });

  test("makes the transaction fail with the error of the one that failed", async () => {
    await givenTable(1);
    const last = [2, 1, 3];
    const transaction = db.transaction(async (tx) => tx.finish(last.map((id) => insertKept(tx, { id }))));
    await assert.rejects(transaction, duplicate);
    assert.deepEqual(await keptIds(), [1]);
  });

  test("says its error rather than that of a later statement, which failed for it", async () => {
    await givenTable(1);
    const transaction = db.transaction(async (tx) => {
      tx.finish([insertKept(tx, { id: 1 })]);
      await insertKept(tx, { id: 2 });
    });
    await assert.rejects(transaction, duplicate);
  });

  test("commits nothing when one of them failed before it was sent", async () => {
    await givenTable();
    const forgetful = async (tx: Tx) => {
      await insertKept(tx, {} as { id: number });
    };
    const transaction = db.transaction(async (tx) => tx.finish([insertKept(tx, { id: 1 }), forgetful(tx)]));
    await assert.rejects(transaction, { message: "test.insert_kept was run without its parameter id." });
    assert.deepEqual(await keptIds(), []);
  });

  test("rolls back what it took when the work throws afterwards", async () => {
    await givenTable();
    const transaction = db.transaction(async (tx) => {
      tx.finish([insertKept(tx, { id: 1 })]);
      throw new Error("ours");
    });
    await assert.rejects(transaction, { message: "ours" });
    assert.deepEqual(await keptIds(), []);
  });
});

describe("a transaction that PostgreSQL wants again", () => {
  /** Reads a row, lets somebody else change it in the first so many runs, and changes it from what was read. */
  async function contended(disturbedRuns: number): Promise<{ runs: number; outcome: Promise<number> }> {
    await givenTable(1);
    const seen = { runs: 0, outcome: Promise.resolve(0) };
    seen.outcome = db.transaction(async (tx) => {
      seen.runs += 1;
      await ask(tx, "set transaction isolation level repeatable read");
      const [row] = await ask<{ amount: number }>(tx, "select amount from public.kept where id = 1");
      const amount = row?.amount ?? 0;
      if (seen.runs <= disturbedRuns) await setAmount(db, { id: 1, amount: amount + 10 });
      await setAmount(tx, { id: 1, amount: amount + 1 });
      return amount + 1;
    });
    await seen.outcome.catch(() => {});
    return seen;
  }

  test("runs again from the start after a serialization failure", async () => {
    const { runs, outcome } = await contended(2);
    assert.equal(await outcome, 21);
    assert.equal(runs, 3);
  });

  test("runs three times at most, then fails with what PostgreSQL said", async () => {
    const { runs, outcome } = await contended(100);
    await assert.rejects(outcome, serializationFailure);
    assert.equal(runs, 3);
    assert.deepEqual(await ask(db, "select amount from public.kept"), [{ amount: 30 }]);
  });

  test("runs the victim of a deadlock again, so that both succeed", async () => {
    await givenTable(1, 2);
    const bothHoldOne = meetingOf(2);
    let runs = 0;
    const add = "update public.kept set amount = amount + 1 where id = $1";
    const oneDone = Promise.withResolvers<void>();
    const crossing = async (first: number, second: number) => {
      let own = 0;
      await db.transaction(async (tx) => {
        runs += 1;
        own += 1;
        // The victim comes again after the other, since it might become the victim again.
        if (own > 1) await oneDone.promise;
        await ask(tx, add, [first]);
        await bothHoldOne();
        await ask(tx, add, [second]);
      });
      oneDone.resolve();
    };
    await Promise.all([crossing(1, 2), crossing(2, 1)]);
    assert.equal(runs, 3);
    const amounts = await ask(db, "select id, amount from public.kept order by id");
    assert.deepEqual(amounts, [
      { id: 1, amount: 2 },
      { id: 2, amount: 2 },
    ]);
  });

  test("runs again when a statement that nobody waited for was the victim", async () => {
    await givenTable(1);
    let runs = 0;
    await db.transaction(async (tx) => {
      runs += 1;
      await ask(tx, "set transaction isolation level repeatable read");
      await ask(tx, "select amount from public.kept");
      if (runs === 1) await setAmount(db, { id: 1, amount: 5 });
      tx.finish([ask(tx, "update public.kept set amount = amount + 1")]);
    });
    assert.equal(runs, 2);
    assert.deepEqual(await ask(db, "select amount from public.kept"), [{ amount: 6 }]);
  });

  test("does not run again after any other error", async () => {
    await givenTable(1);
    let runs = 0;
    const transaction = db.transaction((tx) => {
      runs += 1;
      return insertKept(tx, { id: 1 });
    });
    await assert.rejects(transaction, duplicate);
    assert.equal(runs, 1);
  });
});

describe("a statement", () => {
  const series = "select n as the_number from generate_series(1, :most::int) as n order by n";
  const listNumbers = many<Sql, { most: number }, { theNumber: number }>("test.list_numbers", series);
  const findNumber = maybeOne<Sql, { most: number }, { theNumber: number }>("test.find_number", series);
  const getNumber = one<Sql, { most: number }, { theNumber: number }>("test.get_number", series);

  test(
    "answers rows with names in camel case",
    inTx(async (tx) => {
      assert.deepEqual(await listNumbers(tx, { most: 2 }), [{ theNumber: 1 }, { theNumber: 2 }]);
      assert.deepEqual(await listNumbers(tx, { most: 0 }), []);
      assert.deepEqual(await findNumber(tx, { most: 1 }), { theNumber: 1 });
      assert.equal(await findNumber(tx, { most: 0 }), undefined);
      assert.deepEqual(await getNumber(tx, { most: 1 }), { theNumber: 1 });
    }),
  );

  test(
    "fails by its name when it finds more rows, or fewer, than it may",
    inTx(async (tx) => {
      const twoAtMost = "test.find_number found 2 rows where one at most can be.";
      await assert.rejects(findNumber(tx, { most: 2 }), { message: twoAtMost });
      await assert.rejects(getNumber(tx, { most: 2 }), {
        message: "test.get_number found 2 rows where there is always one.",
      });
      await assert.rejects(getNumber(tx, { most: 0 }), {
        message: "test.get_number found 0 rows where there is always one.",
      });
    }),
  );

  test("answers how many rows it changed", async () => {
    await givenTable(1, 2);
    assert.equal(await setAmount(db, { id: 2, amount: 7 }), 1);
    assert.equal(await setAmount(db, { id: 3, amount: 7 }), 0);
  });

  test(
    "reads whole numbers of eight bytes as bigint, in arrays with nulls too, and times as Date",
    inTx(async (tx) => {
      const [row] = await ask(
        tx,
        `select 9007199254740993::bigint as whole, array[-9223372036854775808, null, 0]::bigint[] as wholes,
                1::int as small, timestamptz '2026-11-23 21:00:00.123+09' as at`,
      );
      assert.deepEqual(row, {
        whole: 9007199254740993n,
        wholes: [-9223372036854775808n, null, 0n],
        small: 1,
        at: new Date("2026-11-23T12:00:00.123Z"),
      });
    }),
  );
});
