import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { givenListed } from "../../test/support/given-listed.ts";
import { sumOrders, sumsByCurrency } from "./sum-orders.ts";

const importId = "01989b1e-7e1c-7a52-8d1f-0123456789ab";

describe("sumOrders", () => {
  test("adds up more than a bigint of the database holds", async () => {
    const { db } = await testDatabase();
    await givenListed(db, [{}]);
    const most = 999_999_999_999_999n;
    const copies = 10_000n;
    // The same order ten thousand times, each worth the most that one can.
    await ask(
      db,
      `insert into orders.orders
       select (jsonb_populate_record(kept, jsonb_build_object(
                'order_id', 1000000 + n, 'uid', gen_random_uuid(), 'external_reference', null, 'import_id', '${importId}',
                'import_row', n, 'batch_id', null, 'items_minor', ${most}, 'total_minor', ${most}, 'discount_minor', 0,
                'tax_minor', 0, 'shipping_minor', 0, 'source', 'x', 'csv_source', 'x'))).*
         from orders.orders as kept, generate_series(1, ${copies}) as n`,
    );
    const [sum] = sumsByCurrency(await sumOrders(db, { importId }));
    assert.deepEqual([sum?.orders, sum?.totalMinor], [Number(copies), most * copies]);
  });

  test("answers nothing for what brought no orders", async () => {
    const { db } = await testDatabase();
    assert.deepEqual(await sumOrders(db, { batchId: importId }), []);
  });
});
