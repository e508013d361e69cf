import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import pg from "pg";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { copyRows } from "./copy-rows.ts";
import { change, type Db, many, type Sql, type Tx } from "./db.ts";
import { sendCopy } from "./send-copy.ts";

interface Row {
  place: number;
  word: string | null;
  big: bigint | null;
  time: Date | null;
  day: string | null;
  flag: boolean | null;
  bytes: Uint8Array | null;
  double: number | null;
  tree: string | null;
  words: (string | null)[] | null;
}

const copyAll = copyRows<Row>("test.copy_all", "public.copied", {
  place: (row) => row.place,
  word: (row) => row.word,
  big: (row) => row.big,
  time: (row) => row.time,
  day: (row) => row.day,
  flag: (row) => row.flag,
  bytes: (row) => row.bytes,
  double: (row) => row.double,
  tree: (row) => row.tree,
  words: (row) => row.words,
});

const listCopied = many<Sql, Record<string, never>, Row>(
  "test.list_copied",
  `select place, word, big, time, day::text as day, flag, bytes, double, tree::text as tree, words
     from public.copied order by place`,
);

const createCopied = `create table public.copied (place int primary key, word text, big bigint, time timestamptz,
  day date, flag boolean, bytes bytea, double float8, tree json, words text[])`;

const copyWords = copyRows<{ place: number; word: string }>("test.copy_words", "public.copied", {
  place: (row) => row.place,
  word: (row) => row.word,
});

const setWord = change<Tx, { place: number; word: string }>(
  "test.set_copied_word",
  "update public.copied set word = :word where place = :place",
);

// What would end a cell or a row, begin an escape, or mean null or the end of it all, comes often.
const anyText = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", "")),
  fc.string({
    unit: fc.constantFrom("\\", "\t", "\n", "\r", "N", ".", '"', "{", "}", ",", "\b", "\v", "x", "田", "😀"),
  }),
  fc.constantFrom("\\N", "\\.", "\\.\n", "", "NULL", "\\\\N", "\r\n", "\u2028", "\ufeff"),
);
const anyTime = fc.date({
  min: new Date("1000-01-01T00:00:00.000Z"),
  max: new Date("9999-12-31T23:59:59.999Z"),
  noInvalidDate: true,
});
const orNull = <Value>(values: fc.Arbitrary<Value>) => fc.oneof({ weight: 4, arbitrary: values }, fc.constant(null));
const anyRow = fc.record({
  word: orNull(anyText),
  big: orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  time: orNull(anyTime),
  day: orNull(anyTime.map((time) => time.toISOString().slice(0, 10))),
  flag: orNull(fc.boolean()),
  bytes: orNull(fc.uint8Array()),
  double: orNull(fc.double().map((value) => (Object.is(value, -0) ? 0 : value))),
  tree: orNull(fc.dictionary(anyText, anyText).map((tree) => JSON.stringify(tree))),
  words: orNull(fc.array(orNull(anyText), { maxLength: 5 })),
});

function plain(row: Row): object {
  return { ...row, bytes: row.bytes === null ? null : Buffer.from(row.bytes).toString("hex") };
}

let database: TestDatabase;
let db: Db;
before(async () => {
  database = await testDatabase();
  db = database.db;
  await ask(db, createCopied);
});

const wordsThere = async () => (await listCopied(db, {})).map(({ word }) => word);
const wordRows = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ place: from + index, word: `word ${from + index}` }));

describe("copyRows", () => {
  test(
    "writes rows that come back exactly as they were given, whatever they hold",
    inTx(async (tx) => {
      await ask(tx, createCopied);
      const sameBack = fc.asyncProperty(fc.array(anyRow, { maxLength: 10 }), async (given) => {
        await ask(tx, "truncate public.copied");
        const rows = given.map((row, place) => ({ place, ...row }));
        assert.equal(await copyAll(tx, rows), rows.length);
        assert.deepEqual((await listCopied(tx, {})).map(plain), rows.map(plain));
      });
      await fc.assert(sameBack, { numRuns: 200 });
    }),
  );

  test("writes a cell of ten million characters, and more rows than one piece holds", async () => {
    await ask(db, "truncate public.copied");
    const long = "0123456789\\".repeat(1_000_000);
    const rows = [...wordRows(5_000), { place: 5_000, word: long }, ...wordRows(10, 5_001)];
    assert.equal(await db.transaction((tx) => copyWords(tx, rows)), 5_011);
    const words = await wordsThere();
    assert.equal(words.length, 5_011);
    assert.equal(words[4_999], "word 4999");
    assert.equal(words[5_000] === long, true);
    assert.equal(words[5_010], "word 5010");
  });

  test("stands in the pipeline among other statements, in the order in which they were sent", async () => {
    await ask(db, "truncate public.copied");
    const counts = await db.transaction((tx) =>
      Promise.all([
        copyWords(tx, wordRows(3)),
        setWord(tx, { place: 1, word: "set between" }),
        copyWords(tx, wordRows(2, 3)),
        setWord(tx, { place: 4, word: "set after" }),
        setWord(tx, { place: 5, word: "nowhere" }),
      ]),
    );
    assert.deepEqual(counts, [3, 1, 2, 1, 0]);
    assert.deepEqual(await wordsThere(), ["word 0", "set between", "word 2", "word 3", "set after"]);
  });

  test("travels with the commit when nobody waits for it", async () => {
    await ask(db, "truncate public.copied");
    await db.transaction(async (tx) => tx.finish([copyWords(tx, wordRows(3))]));
    assert.equal((await wordsThere()).length, 3);
  });

  test(
    "sends nothing for no rows",
    inTx(async (tx) => {
      assert.deepEqual(await statementsOf(tx, (watched) => copyWords(watched, [])), []);
    }),
  );

  for (const [what, rows, code] of [
    [
      "a row that is there twice",
      [...wordRows(3_000), { place: 7, word: "again" }, ...wordRows(3_000, 3_000)],
      "23505",
    ],
    ["a NUL, which no text can hold", [...wordRows(10), { place: 10, word: "a\0b" }], "22021"],
  ] as const) {
    test(`fails the whole transaction at ${what}, and leaves the connection as it was`, async () => {
      await ask(db, "truncate public.copied");
      const before = await backendsOf(db);
      const transaction = db.transaction(async (tx) => {
        await copyWords(tx, [{ place: 100_000, word: "before" }]);
        await copyWords(tx, rows);
      });
      await assert.rejects(transaction, { code });
      assert.deepEqual(await wordsThere(), []);
      assert.equal(await db.transaction((tx) => copyWords(tx, wordRows(4))), 4);
      assert.deepEqual(await backendsOf(db), before);
    });
  }

  test("fails in a transaction that another statement broke, and passes over its rows", async () => {
    await ask(db, "truncate public.copied");
    const transaction = db.transaction(async (tx) => {
      const broken = ask(tx, "select 1 / 0");
      const copied = copyWords(tx, wordRows(5_000));
      const ends = await Promise.allSettled([broken, copied]);
      assert.deepEqual(
        ends.map((end) => end.status === "rejected" && end.reason.code),
        ["22012", "25P02"],
      );
      await broken;
    });
    await assert.rejects(transaction, { code: "22012" });
    assert.deepEqual(await wordsThere(), []);
    assert.equal(await db.transaction((tx) => copyWords(tx, wordRows(4))), 4);
  });

  test("leaves nothing when the process dies in the middle of it", async () => {
    await ask(db, "truncate public.copied");
    const client = new pg.Client({ connectionString: database.url });
    client.on("error", () => {});
    await client.connect();
    await client.query("begin");
    const pieces = Array.from({ length: 200 }, (_, place) => Buffer.from(`${place}\t${"x".repeat(100_000)}\n`));
    const copied = sendCopy(client as unknown as pg.PoolClient, "copy public.copied (place, word) from stdin", pieces);
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    await assert.rejects(copied);
    // Waits until the server has given the lost transaction up.
    await db.transaction((tx) => ask(tx, "lock table public.copied in access exclusive mode"));
    assert.deepEqual(await wordsThere(), []);
  });
});

async function backendsOf(pool: Db): Promise<unknown> {
  return ask(
    pool,
    "select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend' order by pid",
  );
}
