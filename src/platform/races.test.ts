import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import "../orders/index.ts";
import { change, type Db, many, type Sql, type Tx } from "./db.ts";
import { brokenUniqueness, declareRaces, listRaces, lostRace } from "./races.ts";

const claim = change<Tx, { name: string }>(
  "test.claim_name",
  "insert into public.names (name, nickname) values (:name, :name)",
);
const findNames = many<Sql, { name: string }, { name: string }>(
  "test.find_names",
  "select name from public.names where name = :name",
);

describe("a lost race", () => {
  let db: Db;
  before(async () => {
    db = (await testDatabase()).db;
    await ask(
      db,
      "create table public.names (name text constraint names_once unique, nickname text constraint nicknames_once unique)",
    );
    declareRaces(["names_once"]);
  });

  test("makes the transaction run again, which then finds what the winner wrote", async () => {
    const bothLooked = Promise.withResolvers<void>();
    let looked = 0;
    let runs = 0;
    const claimOnce = () =>
      db.transaction(async (tx) => {
        runs += 1;
        const found = await findNames(tx, { name: "tea" });
        looked += 1;
        if (looked === 2) bothLooked.resolve();
        await bothLooked.promise;
        if (found.length > 0) return "found";
        tx.finish([claim(tx, { name: "tea" })]);
        return "claimed";
      });
    const outcomes = await Promise.all([claimOnce(), claimOnce()]);
    assert.deepEqual(outcomes.sort(), ["claimed", "found"]);
    assert.equal(runs, 3);
  });

  test("is given up after eight tries, with what PostgreSQL said", async () => {
    await db.transaction((tx) => claim(tx, { name: "mug" }));
    let runs = 0;
    const transaction = db.transaction((tx) => {
      runs += 1;
      return claim(tx, { name: "mug" });
    });
    await assert.rejects(transaction, (error) => lostRace(error) && brokenUniqueness(error) === "names_once");
    assert.equal(runs, 8);
  });

  test("is none at a constraint that was not declared", async () => {
    await ask(db, "insert into public.names (name, nickname) values ('coffee', 'cup')");
    let runs = 0;
    const transaction = db.transaction((tx) => {
      runs += 1;
      return claim(tx, { name: "cup" });
    });
    await assert.rejects(transaction, (error) => !lostRace(error) && brokenUniqueness(error) === "nicknames_once");
    assert.equal(runs, 1);
  });

  test("can happen at constraints that the schema has", async () => {
    const rows = await ask<{ name: string }>(
      db,
      "select relname as name from pg_index join pg_class on pg_class.oid = indexrelid where indisunique",
    );
    const unique = new Set(rows.map((row) => row.name));
    assert.ok(listRaces().length > 1);
    assert.deepEqual(
      listRaces().filter((constraint) => !unique.has(constraint)),
      [],
    );
  });
});
