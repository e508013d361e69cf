import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx } from "../../test/support/database.ts";
import { by, givenOrder, noon, policy } from "../../test/support/given-orders.ts";
import { settleRefund } from "./settle-refund.ts";
import { spareRefundJob, spareWebhookJob } from "./spare-money-job.ts";

describe("spareRefundJob", () => {
  test(
    "refuses while the money is promised, and lets the job go once it is back",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "cancelled" });
      await assert.rejects(spareRefundJob(tx, { orderId, refund: 1 }), { code: "order.money_needs_job" });
      const answer = { outcome: "refunded", reference: "back-1" } as const;
      await settleRefund(tx, { orderId, refund: 1, answer, by }, policy, noon);
      await spareRefundJob(tx, { orderId, refund: 1 });
      await spareRefundJob(tx, { orderId, refund: 2 });
    }),
  );
});

describe("spareWebhookJob", () => {
  test(
    "refuses while nobody has heard what it says, and lets the job go once it is worked on or gone",
    inTx(async (tx) => {
      const key = { gateway: "sandbox", eventId: "e-1" };
      await spareWebhookJob(tx, key);
      await ask(
        tx,
        `insert into payments.webhook_inbox
           (gateway, event_id, fingerprint, named_order, body, payment_id, news, amount_minor, currency, state,
            received_at, next_try_at)
         values ('sandbox', 'e-1', 'f', '1', '{}', 'pay-1', 'succeeded', 1, 'USD', 'received', now(), now())`,
      );
      await assert.rejects(spareWebhookJob(tx, key), { code: "order.money_needs_job" });
      await ask(
        tx,
        `update payments.webhook_inbox set state = 'worked', outcome = 'heard', ended_at = now(), next_try_at = null`,
      );
      await spareWebhookJob(tx, key);
    }),
  );
});
