import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf } from "../../test/support/database.ts";
import type { Tx } from "./db.ts";
import { copiedFrom, insertRows } from "./insert-rows.ts";

interface Row {
  place: number;
  word: string | null;
  big: bigint;
  at: Date | null;
  flag: boolean;
}

const insertAll = insertRows<Row>("test.insert_all", "public.inserted", {
  place: ["int", (row) => row.place],
  a_word: ["text", (row) => row.word],
  big: ["bigint", (row) => row.big],
  at: ["timestamptz", (row) => row.at],
  flag: ["boolean", (row) => row.flag],
});

const createInserted = `create table public.inserted
  (place int primary key, a_word text, big bigint not null, at timestamptz, flag boolean not null, made text default 'by default')`;

const odd = ["", "\\N", "\\.", "a\tb", "line\nbreak", 'quo"te', "NULL", "{1,2}", "田中", null];
const rowsOf = (count: number): Row[] =>
  Array.from({ length: count }, (_, place) => ({
    place,
    word: odd[place % odd.length] as string | null,
    big: 9_007_199_254_740_993n - BigInt(place),
    at: place % 3 === 0 ? null : new Date(1_800_000_000_000 + place * 7),
    flag: place % 2 === 0,
  }));

const there = async (tx: Tx) =>
  ask(tx, "select place, a_word as word, big, at, flag from public.inserted where made = 'by default' order by place");

describe("insertRows", () => {
  for (const count of [1, copiedFrom - 1, copiedFrom, copiedFrom + 1, 5_000]) {
    test(
      `writes ${count} rows as they were given`,
      inTx(async (tx) => {
        await ask(tx, createInserted);
        assert.equal(await insertAll(tx, rowsOf(count)), count);
        assert.deepEqual(await there(tx), rowsOf(count));
      }),
    );
  }

  test(
    "sends few rows as arrays, many by COPY, and nothing for none",
    inTx(async (tx) => {
      await ask(tx, createInserted);
      const sentFor = (count: number) =>
        statementsOf(tx, async (watched) => {
          await insertAll(watched, rowsOf(count));
          await ask(tx, "truncate public.inserted");
        });
      assert.deepEqual(await sentFor(copiedFrom - 1), ["test.insert_all"]);
      assert.deepEqual(await sentFor(copiedFrom), ["test.insert_all_by_copy"]);
      assert.deepEqual(await sentFor(0), []);
    }),
  );

  test(
    "fails for a row without a value, however many come with it",
    inTx(async (tx) => {
      await ask(tx, createInserted);
      const { word: _, ...wordless } = rowsOf(1)[0] as Row;
      for (const count of [1, copiedFrom])
        await assert.rejects(
          insertAll(tx, [...rowsOf(count), wordless as Row]),
          (error: Error) => !("severity" in error),
        );
      assert.deepEqual(await there(tx), []);
    }),
  );

  test(
    "fails for a row that the table refuses, however many come with it",
    inTx(async (tx) => {
      await ask(tx, createInserted);
      for (const count of [2, copiedFrom + 2]) {
        await ask(tx, "savepoint before_rows");
        const twice = [...rowsOf(count), ...rowsOf(1)];
        await assert.rejects(insertAll(tx, twice), { code: "23505", constraint: "inserted_pkey" });
        await ask(tx, "rollback to savepoint before_rows");
      }
    }),
  );
});
