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
    "rejects an order of more characters than one may have without reading them, wherever its rows stand",
    inTx(async (tx) => {
      const long = (rowNo: number, reference: string) => {
        const order = readOrder(rowNo, { reference });
        return { ...order, rows: order.rows.map((row) => ({ ...row, raw: `${row.raw}${" ".repeat(1_048_000)}` })) };
      };
      const given = await merged(
        tx,
        [1, 2, 3, 4, 5, 6, 7, 8, 9].map((rowNo) => long(rowNo, rowNo % 2 ? "A" : "B")),
      );
      assert.deepEqual(
        (await stagedOrders(tx)).slice(0, 2).map(({ exception, fragments }) => [exception, fragments]),
        [
          ["rejected", 5],
          [null, 4],
        ],
      );
      assert.deepEqual([given.ordersRead, given.ordersRejected, given.rowsRejected], [2, 1, 5]);
    }),
  );

  test(
    "reads no more at once than is worth a transaction, however many rows orders have that stand apart",
    inTx(async (tx) => {
      const fragments = Array.from({ length: 4 * 50 }, (_, index) => {
        return readOrder(index * 18 + 1, { reference: `A-${index % 4}`, rows: 18 });
      });
      const given = await givenReading(tx, fragments);
      const own = ownerOf(given);
      await beginMerging(tx, own, noon);
      await findFragments(tx, own, { part: 0, parts: 1 }, noon);
      const marks: number[] = [];
      while (await mergeNext(tx, own, given, noon)) marks.push((await getImport(tx, given.uid)).mark);
      assert.deepEqual(marks, [37, 55]);
      const { ordersRead, ordersRejected } = await getImport(tx, given.uid);
      assert.deepEqual([ordersRead, ordersRejected], [4, 0]);
    }),
  );

  test(
    "takes a text that is too long for no reference",
    inTx(async (tx) => {
      const reference = "A".repeat(401);
      await merged(tx, [readOrder(1, { reference }), readOrder(2), readOrder(3, { reference })]);
      const kept = await ask(tx, "select reference, merged_into from imports.import_orders order by order_no");
      const none = { reference: null, mergedInto: null };
      assert.deepEqual(kept, [none, { ...none, reference: "A-2" }, none]);
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
