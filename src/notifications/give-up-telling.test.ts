import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx } from "../../test/support/database.ts";
import { givenOrder, noon } from "../../test/support/given-orders.ts";
import type { Sql } from "../platform/db.ts";
import { giveUpTelling } from "./give-up-telling.ts";
import { tellCustomers } from "./tell-customers.ts";

const smtp = { name: "smtp", sender: { name: "Shop", address: "shop@example.com" } } as const;
const mailbox = { ...smtp, name: "mailbox" } as const;
const kind = "order_confirmation" as const;

async function newsOf(sql: Sql): Promise<unknown[]> {
  const rows = await ask(sql, "select type, data from events.events where type like 'Notification%' order by sequence");
  return rows.map(({ type, data }) => [type, (data as { reason?: string }).reason]);
}

const messages = (sql: Sql) => ask(sql, "select state, sent_at from notifications.messages");

describe("giveUpTelling", () => {
  test(
    "ends a cause that nobody was told of, and says so once",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      await giveUpTelling(tx, { orderId, kind }, smtp, noon);
      await giveUpTelling(tx, { orderId, kind }, smtp, noon);
      assert.deepEqual(await messages(tx), [{ state: "failed", sentAt: null }]);
      assert.deepEqual(await newsOf(tx), [["NotificationFailed", "NOT_DELIVERED"]]);
    }),
  );

  test(
    "leaves a cause alone that was told",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      await tellCustomers(tx, [{ orderId, kind }], mailbox, noon);
      await giveUpTelling(tx, { orderId, kind }, mailbox, noon);
      assert.deepEqual(await messages(tx), [{ state: "sent", sentAt: noon }]);
      assert.deepEqual(await newsOf(tx), [["NotificationSent", undefined]]);
    }),
  );

  test(
    "has nothing to end where there is no order, or nobody to tell",
    inTx(async (tx) => {
      await giveUpTelling(tx, { orderId: 424_242n, kind }, smtp, noon);
      const { orderId } = await givenOrder(tx, { status: "paid", email: "" });
      await giveUpTelling(tx, { orderId, kind }, smtp, noon);
      assert.deepEqual([await messages(tx), await newsOf(tx)], [[], []]);
    }),
  );
});
