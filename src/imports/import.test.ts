import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { importOptions } from "../../test/support/given-imports.ts";
import {
  canMoveImport,
  type Import,
  type ImportStatus,
  importMovesFrom,
  importStatuses,
  isImportOver,
  noCounts,
  ordersPending,
  paceOf,
} from "./import.ts";

const noon = new Date("2026-11-23T12:00:00.000Z");
const later = (ms: number) => new Date(noon.getTime() + ms);

const running: Import = {
  ...noCounts,
  importId: 1n,
  uid: "01890000-0000-7000-8000-000000000000",
  source: "shop",
  name: "orders.csv",
  status: "running",
  pausedAt: null,
  options: importOptions(),
  plan: null,
  blobKey: "imports/1",
  bytes: 10_000n,
  contentHash: "c",
  optionsHash: "o",
  generation: 1,
  stage: "placing",
  mark: 0,
  readBytes: 10_000n,
  stageAt: noon,
  stageFrom: 0,
  runner: null,
  failureCode: null,
  failureDetail: null,
  createdBy: "ann",
  lastSequence: 0,
  createdAt: noon,
  updatedAt: noon,
  startedAt: noon,
  endedAt: null,
};

describe("an import", () => {
  const legal = [
    "received > validating",
    "received > cancelled",
    "received > failed",
    "validating > ready",
    "validating > running",
    "validating > cancelled",
    "validating > failed",
    "ready > running",
    "ready > received",
    "ready > cancelled",
    "running > completed",
    "running > completed_with_errors",
    "running > cancelled",
    "running > failed",
    "failed > received",
  ];

  test("makes these moves and no other", () => {
    const pairs = importStatuses.flatMap((from) => importStatuses.map((to) => [from, to] as const));
    const moves = pairs.filter(([from, to]) => canMoveImport(from, to)).map(([from, to]) => `${from} > ${to}`);
    assert.deepEqual(moves.sort(), legal.sort());
    for (const from of importStatuses) assert.ok(importMovesFrom(from).every((to) => canMoveImport(from, to)));
  });

  test("is over when nothing is under way and nothing waits for a person", () => {
    const over: ImportStatus[] = ["completed", "completed_with_errors", "cancelled", "failed"];
    assert.deepEqual(importStatuses.filter(isImportOver), over);
  });

  test("has pending what was read and came to no end", () => {
    const counts = { ordersRead: 10, ordersDropped: 1, ordersPlaced: 2, ordersRejected: 3, ordersDuplicate: 1 };
    assert.equal(ordersPending({ ...noCounts, ...counts }), 3);
  });
});

describe("paceOf", () => {
  test("tells orders a second and what is left of placing", () => {
    const given = { ...running, ordersRead: 1_000, ordersPlaced: 190, ordersRejected: 10 };
    assert.deepEqual(paceOf(given, later(2_000)), { ratePerSecond: 100, secondsLeft: 8 });
  });

  test("counts from where the placing went on", () => {
    const given = { ...running, ordersRead: 1_000, ordersPlaced: 500, stageFrom: 400 };
    assert.deepEqual(paceOf(given, later(1_000)), { ratePerSecond: 100, secondsLeft: 5 });
  });

  test("tells orders a second and what is left while they are paid, from where that went on", () => {
    const given = {
      ...running,
      stage: "paying",
      ordersRead: 900,
      ordersPlaced: 900,
      stageFrom: 100,
      mark: 300,
    } as const;
    assert.deepEqual(paceOf(given, later(2_000)), { ratePerSecond: 100, secondsLeft: 6 });
  });

  test("tells rows a second while reading, and what is left by the bytes", () => {
    const given = { ...running, status: "validating", stage: "reading", rowsRead: 500, readBytes: 2_500n } as const;
    assert.deepEqual(paceOf(given, later(1_000)), { ratePerSecond: 500, secondsLeft: 3 });
  });

  for (const [when, change] of [
    ["while it rests", { pausedAt: noon, ordersPlaced: 5 }],
    ["before anything was done", {}],
    ["when nothing is under way", { status: "completed", stage: null, stageAt: null, ordersPlaced: 5 }],
  ] as const)
    test(`tells none ${when}`, () => {
      const given = { ...running, ordersRead: 10, ...change };
      assert.deepEqual(paceOf(given, later(5_000)), { ratePerSecond: null, secondsLeft: null });
    });

  test("tells none of the first moment", () => {
    const given = { ...running, ordersRead: 10, ordersPlaced: 5 };
    assert.deepEqual(paceOf(given, later(50)), { ratePerSecond: null, secondsLeft: null });
  });
});
