import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx } from "../../test/support/database.ts";
import { faulty, givenReading, ownerOf, readOrder, runner } from "../../test/support/given-imports.ts";
import { noon } from "../../test/support/given-orders.ts";
import type { Tx } from "../platform/db.ts";
import { getImport } from "./find-imports.ts";
import { ImportTaken } from "./hold-runner.ts";
import type { Import } from "./import.ts";
import { beginMerging, findFragments, mergeNext, mergePartsOf } from "./merge-fragments.ts";
import type { ReadOrder } from "./reading.ts";

interface Staged {
  orderNo: number;
  mergedInto: number | null;
  fragments: number;
  liveRows: number;
  exception: string | null;
  items: number | null;
}

const stagedOrders = (tx: Tx) =>
  ask<Staged>(
    tx,
    `select order_no, merged_into, fragments, live_rows, exception, json_array_length(draft -> 'items') as items
       from imports.import_orders order by order_no`,
  );

async function merged(tx: Tx, orders: readonly ReadOrder[], parts = 1): Promise<Import> {
  const given = await givenReading(tx, orders);
  const own = ownerOf(given);
  await beginMerging(tx, own, noon);
  for (let part = 0; part < parts; part += 1) await findFragments(tx, own, { part, parts }, noon);
  while (await mergeNext(tx, own, given, noon));
  return getImport(tx, given.uid);
}

const countsOf = ({ rowsRead, rowsRejected, rowsDropped, ordersRead, ordersRejected, ordersDropped }: Import) => {
  return { rowsRead, rowsRejected, rowsDropped, ordersRead, ordersRejected, ordersDropped };
};

describe("merging", () => {
  test(
    "puts rows of one reference together that stand apart, in the place of the first",
    inTx(async (tx) => {
      const orders = [
        readOrder(1, { reference: "A", rows: 2 }),
        readOrder(3, { reference: "B" }),
        readOrder(4, { reference: "A" }),
        readOrder(5, { reference: null }),
        readOrder(6, { reference: "A" }),
        readOrder(7, { reference: null }),
      ];
      const given = await merged(tx, orders);
      assert.deepEqual(await stagedOrders(tx), [
        { orderNo: 1, mergedInto: null, fragments: 3, liveRows: 4, exception: null, items: 4 },
        { orderNo: 3, mergedInto: null, fragments: 1, liveRows: 1, exception: null, items: 1 },
        { orderNo: 4, mergedInto: 1, fragments: 0, liveRows: 0, exception: null, items: null },
        { orderNo: 5, mergedInto: null, fragments: 1, liveRows: 1, exception: null, items: 1 },
        { orderNo: 6, mergedInto: 1, fragments: 0, liveRows: 0, exception: null, items: null },
        { orderNo: 7, mergedInto: null, fragments: 1, liveRows: 1, exception: null, items: 1 },
      ]);
      assert.deepEqual(countsOf(given), {
        rowsRead: 7,
        rowsRejected: 0,
        rowsDropped: 0,
        ordersRead: 4,
        ordersRejected: 0,
        ordersDropped: 0,
      });
    }),
  );

  test(
    "rejects all rows of an order of which one is wrong, wherever it stands",
    inTx(async (tx) => {
      const raw = "A,ann@example.com,USD,Tea,-2,1.50";
      const wrong = readOrder(3, { reference: "A", faults: [faulty] });
      const orders = [
        readOrder(1, { reference: "A" }),
        readOrder(2, { reference: "B" }),
        { ...wrong, rows: wrong.rows.map((row) => ({ ...row, raw })) },
      ];
      const given = await merged(tx, orders);
      const staged = await stagedOrders(tx);
      assert.deepEqual(
        staged.map(({ exception, liveRows }) => [exception, liveRows]),
        [
          ["rejected", 2],
          [null, 1],
          ["rejected", 0],
        ],
      );
      assert.deepEqual([given.ordersRead, given.ordersRejected, given.rowsRejected], [2, 1, 2]);
    }),
  );

  test(
    "rejects an order of more rows than one may have without reading them",
    inTx(async (tx) => {
      const orders = [
        readOrder(1, { reference: "A", rows: 600 }),
        readOrder(601, { reference: "B" }),
        readOrder(602, { reference: "A", rows: 600 }),
      ];
      const given = await merged(tx, orders);
      assert.deepEqual(
        (await stagedOrders(tx)).map(({ exception, liveRows }) => [exception, liveRows]),
        [
          ["rejected", 1200],
          [null, 1],
          ["rejected", 0],
        ],
      );
      assert.deepEqual([given.ordersRead, given.ordersRejected, given.rowsRejected], [2, 1, 1200]);
      const reasons = await ask<{ code: string }>(
        tx,
        "select reason ->> 'code' as code from imports.import_orders where reason is not null",
      );
      assert.deepEqual(reasons, [{ code: "too_many_rows" }, { code: "too_many_rows" }]);
    }),
  );

  test(
    "finds the same in one part and in many",
    inTx(async (tx) => {
      const orders = Array.from({ length: 40 }, (_, index) => readOrder(index + 1, { reference: `A-${index % 20}` }));
      const given = await merged(tx, orders, 7);
      assert.equal(given.ordersRead, 20);
      assert.deepEqual(new Set((await stagedOrders(tx)).map(({ fragments }) => fragments)), new Set([2, 0]));
    }),
  );

  test(
    "is left to whoever has the import",
    inTx(async (tx) => {
      const given = await givenReading(tx, [readOrder(1)]);
      await beginMerging(tx, ownerOf(given), noon);
      const other = ownerOf(given, `${runner.slice(0, -1)}2`);
      await assert.rejects(findFragments(tx, other, { part: 0, parts: 1 }, noon), ImportTaken);
    }),
  );

  test("looks through a million orders at a time", () => {
    assert.deepEqual(
      [0, 1_000_000, 1_000_001].map((ordersRead) => mergePartsOf({ ordersRead })),
      [1, 1, 2],
    );
  });
});
