import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { movesFrom, orderStatuses } from "../../src/orders/order.ts";
import { differences, readRepository } from "./read-repository.ts";

/** The moves that the migrations make legal, as `from > to` with ` when free` for those of free orders only. */
function movesOfMigrations(migrations: readonly string[]): string[] {
  const inserts = migrations.flatMap((sql) => sql.match(/insert into orders\.legal_moves[^;]*;/g) ?? []);
  const rows = inserts.flatMap((insert) => [...insert.matchAll(/\('(\w+)', '(\w+)', (true|false)\)/g)]);
  // A new order is pending: that is no decision of the code's table, which begins with orders that are there.
  return rows
    .filter(([, from]) => from !== "new")
    .map(([, from, to, free]) => `${from} > ${to}${free === "true" ? " when free" : ""}`);
}

function movesOfCode(): string[] {
  return orderStatuses.flatMap((status) => {
    const usual = movesFrom({ status, totalMinor: 1n });
    return movesFrom({ status, totalMinor: 0n }).map(
      (to) => `${status} > ${to}${usual.includes(to) ? "" : " when free"}`,
    );
  });
}

function movesThatDiffer(sql: readonly string[], code: readonly string[]): string[] {
  return [
    ...differences(sql, code, (move) => `The code lacks ${move}.`),
    ...differences(code, sql, (move) => `orders.legal_moves lacks ${move}.`),
  ];
}

describe("the moves of an order", () => {
  test("are the same in the code and in the database", async () => {
    const migrations = (await readRepository()).filter(({ path }) => path.startsWith("db/migrations/"));
    const sql = movesOfMigrations(migrations.map(({ text }) => text));
    assert.ok(sql.length > 0);
    assert.deepEqual(movesThatDiffer(sql, movesOfCode()), []);
  });

  test("that stand on one side only are caught", () => {
    const sql = movesOfMigrations([
      "insert into orders.legal_moves (from_status, to_status, only_when_free) values\n  ('paid', 'lost', false);",
    ]);
    assert.deepEqual(movesThatDiffer(sql, ["paid > shipped"]), [
      "The code lacks paid > lost.",
      "orders.legal_moves lacks paid > shipped.",
    ]);
  });
});
