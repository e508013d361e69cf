import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask, genericPlan } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { givenBooks } from "../../test/support/given-books.ts";
import { noon } from "../../test/support/given-orders.ts";
import { verifyDatabase } from "../cli/verify-database.ts";
import type { Sql } from "../platform/db.ts";
import { listStatements } from "../platform/statements.ts";
import { forgetMails } from "./forget-mails.ts";
import { forgetOldMails } from "./notification-jobs.ts";

const dayMs = 86_400_000;
const keptDays = 90;
const inDays = (days: number) => new Date(noon.getTime() + days * dayMs);

/** Mails of one a day, the first at noon. */
async function givenMails(sql: Sql, count: number): Promise<void> {
  await ask(
    sql,
    `insert into notifications.mails
       (message_id, order_id, kind, sender, recipient, subject, text_body, html_body, sent_at)
     select 'm-' || day, day, 'order_shipped', 's', 'r', 's', 't', 'h', $1::timestamptz + day * interval '1 day'
       from generate_series(0, $2::int - 1) as day`,
    [noon, count],
  );
}

async function kept(sql: Sql): Promise<{ mails: bigint; oldest: Date }> {
  const [row] = await ask<{ mails: bigint; oldest: Date }>(
    sql,
    "select count(*) as mails, min(sent_at) as oldest from notifications.mails",
  );
  assert.ok(row);
  return row;
}

describe("forgetMails", () => {
  test(
    "takes away what was sent before then, a thousand at a time, and leaves the rest",
    inTx(async (tx) => {
      await givenMails(tx, 2500);
      assert.equal(await forgetMails(tx, inDays(1500)), 1000);
      assert.equal(await forgetMails(tx, inDays(1500)), 500);
      assert.equal(await forgetMails(tx, inDays(1500)), 0);
      assert.deepEqual(await kept(tx), { mails: 1000n, oldest: inDays(1500) });
    }),
  );

  test(
    "never moves back until when mails may be missed",
    inTx(async (tx) => {
      await forgetMails(tx, inDays(10));
      await forgetMails(tx, inDays(5));
      const [mailbox] = await ask(tx, "select forgotten_before from notifications.mailbox");
      assert.deepEqual(mailbox, { forgottenBefore: inDays(10) });
    }),
  );

  test(
    "takes two statements",
    inTx(async (tx) => {
      assert.deepEqual(await statementsOf(tx, (watched) => forgetMails(watched, noon)), [
        "notifications.set_forgotten_before",
        "notifications.delete_old_mails",
      ]);
    }),
  );

  test("is done by two at once without a loss, and verify misses nothing", async () => {
    const { db, url, close } = await testDatabase();
    await givenBooks(db);
    const before = await kept(db);
    assert.ok(before.mails > 0n);
    const clock = { now: () => inDays(keptDays) };
    await Promise.all([forgetOldMails(db, clock, keptDays * dayMs), forgetOldMails(db, clock, keptDays * dayMs)]);
    assert.equal((await kept(db)).mails, before.mails);

    const later = { now: () => inDays(keptDays + 1) };
    await Promise.all([forgetOldMails(db, later, keptDays * dayMs), forgetOldMails(db, later, keptDays * dayMs)]);
    assert.equal((await kept(db)).mails, 0n);
    const [told] = await verifyDatabase(url, { drained: true, only: ["I21"] });
    assert.deepEqual(told?.violations, []);
    await close();
  });
});

describe("mails to an address", () => {
  test("are found by an index, whatever the mailbox holds", async () => {
    const { db, close } = await testDatabase();
    const statement = listStatements().find(({ name }) => name === "notifications.list_mails_to");
    assert.match(await genericPlan(db, statement?.sent ?? ""), /on mails_to|using mails_to/);
    await givenMails(db, 5000);
    await ask(db, "analyze notifications.mails");
    assert.match(await genericPlan(db, statement?.sent ?? ""), /on mails_to|using mails_to/);
    await close();
  });
});
