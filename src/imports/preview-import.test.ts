import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask, genericPlan } from "../../test/support/ask.ts";
import { inTx, statementsOf } from "../../test/support/database.ts";
import { ann, givenImport, givenReady, readOrder } from "../../test/support/given-imports.ts";
import { noon } from "../../test/support/given-orders.ts";
import type { Tx } from "../platform/db.ts";
import { listStatements } from "../platform/statements.ts";
import { cancelImport } from "./cancel-import.ts";
import type { Import } from "./import.ts";
import { previewImport } from "./preview-import.ts";

const ready = (tx: Tx, source: string, contentHash = "same") => givenReady(tx, [readOrder(1)], { source, contentHash });

/** As if its one order had been placed. */
async function endPlaced(tx: Tx, { importId }: Import, status: "completed" | "cancelled"): Promise<void> {
  const ended = "stage = null, runner = null, orders_placed = 1, rows_placed = 1, ended_at = $2, status = $3";
  await ask(tx, `update imports.imports set ${ended} where import_id = $1`, [importId, noon, status]);
}

const shown = async (tx: Tx, one: Import) => (await previewImport(tx, one)).sameContent;

describe("the same content under another source", () => {
  for (const status of ["completed", "cancelled"] as const)
    test(
      `is shown when its import placed an order and was ${status}`,
      inTx(async (tx) => {
        const before = await ready(tx, "shop");
        await endPlaced(tx, before, status);
        assert.deepEqual(await shown(tx, await ready(tx, "market")), [{ importUid: before.uid, source: "shop" }]);
      }),
    );

  test(
    "is shown while its orders wait to be placed, or its file to be read",
    inTx(async (tx) => {
      const first = await ready(tx, "shop");
      const second = await givenImport(tx, { source: "market", contentHash: "same" });
      assert.deepEqual(await shown(tx, first), [{ importUid: second.uid, source: "market" }]);
      assert.deepEqual(await shown(tx, second), [{ importUid: first.uid, source: "shop" }]);
    }),
  );

  test(
    "is not shown when it came to nothing, nor of this source or of other content",
    inTx(async (tx) => {
      const { uid } = await ready(tx, "shop");
      await cancelImport(tx, { uid, by: ann }, noon);
      await givenImport(tx, { source: "market", contentHash: "same" });
      await ready(tx, "other", "other content");
      const again = await givenImport(tx, { source: "market", contentHash: "same", again: true });
      assert.deepEqual(await shown(tx, again), []);
    }),
  );

  test(
    "is shown five times at most, the newest first",
    inTx(async (tx) => {
      for (let one = 1; one <= 6; one += 1) await ready(tx, `shop ${one}`);
      const sources = (await shown(tx, await ready(tx, "market"))).map(({ source }) => source);
      assert.deepEqual(sources, ["shop 6", "shop 5", "shop 4", "shop 3", "shop 2"]);
    }),
  );

  test(
    "costs one statement, which an index answers",
    inTx(async (tx) => {
      const one = await ready(tx, "shop");
      const statements = await statementsOf(tx, (watched) => previewImport(watched, one));
      assert.deepEqual(
        statements.filter((name) => name === "imports.list_same_content"),
        ["imports.list_same_content"],
      );
      const statement = listStatements().find(({ name }) => name === "imports.list_same_content");
      assert.match(await genericPlan(tx, statement?.sent ?? ""), /Index Scan Backward using imports_by_content/);
    }),
  );
});
