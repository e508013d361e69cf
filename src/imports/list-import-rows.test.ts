import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTx } from "../../test/support/database.ts";
import { faulty, givenImport, givenReady, readOrder } from "../../test/support/given-imports.ts";
import type { Tx } from "../platform/db.ts";
import { getImport, listImports } from "./find-imports.ts";
import type { Import, ImportRowStatus } from "./import.ts";
import { eachRejectedRow, listImportRows } from "./list-import-rows.ts";
import { previewImport } from "./preview-import.ts";

/** 2 rows pending, 3 rejected, 1 dropped, 1 pending. */
async function given(tx: Tx): Promise<Import> {
  const ready = await givenReady(tx, [
    readOrder(1, { rows: 2 }),
    readOrder(3, { rows: 3, faults: [faulty] }),
    readOrder(6, { dropped: true }),
    readOrder(7),
  ]);
  return getImport(tx, ready.uid);
}

async function allOf(tx: Tx, one: Import, status: ImportRowStatus | undefined, limit: number): Promise<number[]> {
  const rows: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await listImportRows(tx, one, { status, limit, cursor });
    rows.push(...page.rows.map(({ rowNo }) => rowNo));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return rows;
}

describe("listImportRows", () => {
  for (const [status, rows] of [
    [undefined, [1, 2, 3, 4, 5, 6, 7]],
    ["pending", [1, 2, 7]],
    ["rejected", [3, 4, 5]],
    ["dropped", [6]],
    ["placed", []],
    ["duplicate", []],
  ] as const)
    test(
      `lists each row that is ${status ?? "there"} once, whatever the page's size`,
      inTx(async (tx) => {
        const one = await given(tx);
        for (const limit of [1, 2, 100]) assert.deepEqual(await allOf(tx, one, status, limit), rows);
      }),
    );

  test(
    "tells of a row its line, its text, its state and what is wrong with it",
    inTx(async (tx) => {
      const { rows } = await listImportRows(tx, await given(tx), { limit: 10, status: "rejected" });
      assert.deepEqual(rows[0], {
        rowNo: 3,
        line: 4,
        orderNo: 3,
        status: "rejected",
        faults: [faulty],
        reason: null,
        reference: "A-3",
        orderId: null,
        raw: "A-3,ann@example.com,USD,Tea 1,2,1.50",
      });
      assert.deepEqual([rows[1]?.status, rows[1]?.faults], ["rejected", null]);
    }),
  );

  test(
    "refuses a cursor that it did not give",
    inTx(async (tx) => {
      const one = await given(tx);
      for (const cursor of ["nonsense", "", Buffer.from("-1").toString("base64url")])
        await assert.rejects(listImportRows(tx, one, { limit: 1, cursor }), { code: "list.cursor_unknown" });
    }),
  );
});

describe("eachRejectedRow", () => {
  test(
    "gives every row of rejected orders, without dropped ones",
    inTx(async (tx) => {
      const rows: number[] = [];
      for await (const some of eachRejectedRow(tx, await given(tx))) rows.push(...some.map(({ rowNo }) => rowNo));
      assert.deepEqual(rows, [3, 4, 5]);
    }),
  );
});

describe("rows of a megabyte", () => {
  const longest = 1_048_576;

  async function givenLong(tx: Tx): Promise<Import> {
    const order = readOrder(1, { rows: 12, faults: [faulty] });
    const long = { ...order, rows: order.rows.map((row) => ({ ...row, raw: row.raw.padEnd(longest, "注") })) };
    return getImport(tx, (await givenReady(tx, [long])).uid);
  }

  test(
    "are given whole and a few at a time when they were rejected",
    inTx(async (tx) => {
      const batches: number[] = [];
      for await (const rows of eachRejectedRow(tx, await givenLong(tx))) {
        batches.push(rows.length);
        assert.ok(rows.every(({ raw }) => raw.length === longest));
      }
      assert.deepEqual(batches, Array(6).fill(2));
    }),
  );

  test(
    "are listed with their beginnings",
    inTx(async (tx) => {
      const one = await givenLong(tx);
      const { rows } = await listImportRows(tx, one, { limit: 20 });
      assert.deepEqual(
        rows.map(({ rowNo, raw }) => [rowNo, raw.length]),
        Array.from({ length: 12 }, (_, index) => [index + 1, 10_001]),
      );
      const { orders } = await previewImport(tx, one);
      assert.deepEqual(new Set(orders[0]?.rows.map(({ raw }) => raw.length)), new Set([1_000]));
    }),
  );
});

describe("previewImport", () => {
  test(
    "shows how the file and its first orders are understood",
    inTx(async (tx) => {
      const one = await given(tx);
      const { plan, orders, duplicates } = await previewImport(tx, one);
      assert.deepEqual(plan, one.plan);
      assert.equal(duplicates, 0);
      assert.deepEqual(
        orders.map(({ orderNo, reference, draft, rows }) => [orderNo, reference, draft?.items.length, rows.length]),
        [
          [1, "A-1", 2, 2],
          [3, "A-3", undefined, 3],
          [6, "A-6", undefined, 1],
          [7, "A-7", 1, 1],
        ],
      );
    }),
  );
});

describe("listImports", () => {
  test(
    "lists imports, newest first, by status and source",
    inTx(async (tx) => {
      const received = await givenImport(tx, { source: "market" });
      const ready = await given(tx);
      const uids = async (filter: Parameters<typeof listImports>[1]) =>
        (await listImports(tx, filter, { limit: 10 })).rows.map(({ uid }) => uid);
      assert.deepEqual(await uids({}), [ready.uid, received.uid]);
      assert.deepEqual(await uids({ status: "ready" }), [ready.uid]);
      assert.deepEqual(await uids({ source: "market" }), [received.uid]);
      assert.deepEqual(await uids({ source: "market", status: "ready" }), []);
    }),
  );
});
