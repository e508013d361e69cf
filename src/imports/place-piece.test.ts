import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { ann, givenReady, importOptions, ownerOf, readOrder, runner } from "../../test/support/given-imports.ts";
import { noon, policy } from "../../test/support/given-orders.ts";
import type { Db, Tx } from "../platform/db.ts";
import { cancelImport } from "./cancel-import.ts";
import { getImport } from "./find-imports.ts";
import { claimImport, ImportTaken } from "./hold-runner.ts";
import type { Import } from "./import.ts";
import type { ImportOptions } from "./import-options.ts";
import { listWaiting } from "./import-row-queries.ts";
import { listImportRows } from "./list-import-rows.ts";
import { pauseImport } from "./pause-import.ts";
import { PieceOutdated, placePiece } from "./place-piece.ts";
import { type Piece, prepareOrders } from "./prepare-orders.ts";
import type { ReadOrder } from "./reading.ts";
import { startImport } from "./start-import.ts";

const own = (given: Import) => ownerOf(given);

async function givenRunning(
  tx: Tx,
  orders: readonly ReadOrder[],
  options: Partial<ImportOptions> = {},
): Promise<Import> {
  const ready = await givenReady(tx, orders, { options: importOptions(options) });
  await startImport(tx, { uid: ready.uid, by: ann }, noon);
  const claimed = await claimImport(tx, { uid: ready.uid, runner }, noon);
  assert.ok(claimed);
  return claimed;
}

async function pieceOf(sql: Tx | Db, given: Import): Promise<Piece> {
  const waiting = await listWaiting(sql, { importId: given.importId, after: 0, to: 100, rows: 100 });
  const drawn = await ask<{ id: bigint }>(sql, "select nextval('orders.order_ids') as id from generate_series(1, $1)", [
    waiting.length,
  ]);
  return prepareOrders(
    given,
    waiting,
    drawn.map(({ id }) => id),
    noon,
  );
}

async function placed(tx: Tx, given: Import): Promise<Import> {
  await placePiece(tx, { own: own(given), given, piece: await pieceOf(tx, given) }, policy, noon);
  return getImport(tx, given.uid);
}

describe("listWaiting", () => {
  test(
    "answers as many orders as have so many rows, the first in any case",
    inTx(async (tx) => {
      const given = await givenRunning(tx, [readOrder(1, { rows: 5 }), readOrder(6), readOrder(7), readOrder(8)]);
      const after = async (row: number) => {
        const range = { importId: given.importId, after: row, to: 100, rows: 2 };
        return (await listWaiting(tx, range)).map(({ orderNo }) => orderNo);
      };
      assert.deepEqual([await after(0), await after(1), await after(8)], [[1], [6, 7], []]);
    }),
  );
});

describe("placePiece", () => {
  test(
    "places the orders of a file with where they came from, and counts them",
    inTx(async (tx) => {
      const given = await givenRunning(tx, [readOrder(1, { rows: 2 }), readOrder(3)]);
      const after = await placed(tx, given);
      const { ordersPlaced, rowsPlaced, ordersRejected, ordersDuplicate } = after;
      assert.deepEqual(
        { ordersPlaced, rowsPlaced, ordersRejected, ordersDuplicate },
        {
          ordersPlaced: 2,
          rowsPlaced: 3,
          ordersRejected: 0,
          ordersDuplicate: 0,
        },
      );
      const orders = await ask(
        tx,
        `select status, total_minor, source, external_reference, import_id, import_row, csv_source, notify, expires_at
           from orders.orders order by import_row`,
      );
      const common = { status: "pending", source: "shop", importId: given.uid, csvSource: "orders.csv", notify: false };
      const expiresAt = new Date(noon.getTime() + 720 * 3_600_000);
      assert.deepEqual(orders, [
        { ...common, totalMinor: 600n, externalReference: "A-1", importRow: 1, expiresAt },
        { ...common, totalMinor: 300n, externalReference: "A-3", importRow: 3, expiresAt },
      ]);
    }),
  );

  test(
    "takes an order that is there for a duplicate, and names it on the rows",
    inTx(async (tx) => {
      const first = await givenRunning(tx, [readOrder(1, { reference: "A" })]);
      await placed(tx, first);
      const second = await givenRunning(tx, [readOrder(1, { reference: "A", rows: 2 }), readOrder(3)]);
      const after = await placed(tx, second);
      assert.deepEqual([after.ordersPlaced, after.ordersDuplicate, after.rowsDuplicate], [1, 1, 2]);
      const [there] = (await listImportRows(tx, await getImport(tx, first.uid), { limit: 10 })).rows;
      const { rows } = await listImportRows(tx, after, { limit: 10, status: "duplicate" });
      assert.deepEqual(
        rows.map(({ rowNo, status, orderId }) => [rowNo, status, orderId]),
        [1, 2].map((rowNo) => [rowNo, "duplicate", there?.orderId]),
      );
    }),
  );

  test(
    "records payments made elsewhere, and rejects an order whose payment another order has",
    inTx(async (tx) => {
      const paid = (order: ReadOrder): ReadOrder => {
        return { ...order, draft: order.draft && { ...order.draft, payment_reference: "pay-1" } };
      };
      const orders = [paid(readOrder(1)), paid(readOrder(2, { rows: 2 })), { ...readOrder(4), unpaid: true }];
      const after = await placed(tx, await givenRunning(tx, orders, { payment: "recorded" }));
      assert.deepEqual([after.ordersPlaced, after.ordersRejected, after.rowsRejected], [2, 1, 2]);
      const statuses = await ask<{ status: string }>(tx, "select status from orders.orders order by import_row");
      assert.deepEqual(
        statuses.map(({ status }) => status),
        ["paid", "pending"],
      );
      const { rows } = await listImportRows(tx, after, { limit: 10, status: "rejected" });
      assert.deepEqual(
        rows.map(({ rowNo, reason }) => [rowNo, reason?.detail]),
        [2, 3].map((rowNo) => [rowNo, "The payment pay-1 is recorded already, for another order."]),
      );
    }),
  );

  test(
    "rejects what is no order by the rules of its import, whoever took it for one",
    inTx(async (tx) => {
      const nobody = readOrder(1);
      const orders = [{ ...nobody, draft: nobody.draft && { ...nobody.draft, customer_email: null } }, readOrder(2)];
      const after = await placed(tx, await givenRunning(tx, orders));
      assert.deepEqual([after.ordersPlaced, after.ordersRejected], [1, 1]);
      const [row] = (await listImportRows(tx, after, { limit: 10, status: "rejected" })).rows;
      assert.equal(row?.reason?.detail, "The customer's e-mail address is missing.");
    }),
  );

  test(
    "tells that the import should rest",
    inTx(async (tx) => {
      const given = await givenRunning(tx, [readOrder(1)]);
      await pauseImport(tx, { uid: given.uid, by: ann }, noon);
      const piece = await pieceOf(tx, given);
      assert.deepEqual(await placePiece(tx, { own: own(given), given, piece }, policy, noon), { paused: true });
    }),
  );

  test(
    "takes two statements beside those of the placing",
    inTx(async (tx) => {
      const given = await givenRunning(tx, [readOrder(1)]);
      const piece = await pieceOf(tx, given);
      const run = (watched: Tx) => placePiece(watched, { own: own(given), given, piece }, policy, noon);
      const names = (await statementsOf(tx, run)).filter((name) => name.startsWith("imports."));
      assert.deepEqual(names, ["imports.save_outcomes", "imports.add_progress"]);
    }),
  );

  test("places nothing for a run that lost its import, and nothing twice", async () => {
    const { db, close } = await testDatabase();
    const given = await db.transaction((tx) => givenRunning(tx, [readOrder(1), readOrder(2)]));
    const piece = await pieceOf(db, given);
    const place = (runnerNow: string, now = piece) =>
      db.transaction((tx) => placePiece(tx, { own: ownerOf(given, runnerNow), given, piece: now }, policy, noon));
    await db.transaction((tx) => claimImport(tx, { uid: given.uid, runner: `${runner.slice(0, -1)}2` }, noon));
    await assert.rejects(place(runner), ImportTaken);
    const heir = `${runner.slice(0, -1)}2`;
    await place(heir);
    const outdated = {
      ...piece,
      prepared: piece.prepared.map(() => ({ fault: { code: "x", column: null, value: null, detail: "" } })),
    };
    await assert.rejects(place(heir, outdated), PieceOutdated);
    const after = await getImport(db, given.uid);
    assert.deepEqual([after.ordersPlaced, after.ordersRejected], [2, 0]);
    await close();
  });

  test("places nothing once the import is cancelled", async () => {
    const { db, close } = await testDatabase();
    const given = await db.transaction((tx) => givenRunning(tx, [readOrder(1)]));
    const piece = await pieceOf(db, given);
    await db.transaction((tx) => cancelImport(tx, { uid: given.uid, by: ann }, noon));
    await assert.rejects(
      db.transaction((tx) => placePiece(tx, { own: own(given), given, piece }, policy, noon)),
      ImportTaken,
    );
    assert.deepEqual(await ask(db, "select order_id from orders.orders"), []);
    await close();
  });
});
