import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import type { Sql, Tx } from "../platform/db.ts";
import { bindParameters, listStatements, type Params } from "../platform/statements.ts";
import "./notification-queries.ts";

const manyRows = 50_000; // Enough that reading the whole table would never be the cheapest plan.

function set(count: number) {
  const index = Array.from({ length: count }, (_, position) => position + 1);
  const messages = {
    orderIds: index.map(BigInt),
    kinds: index.map(() => "order_confirmation"),
    recipients: index.map(() => "a@b.example"),
    locales: index.map(() => "en"),
    messageIds: index.map((number) => `new-${number}`),
    channel: "smtp",
    now: noon,
  };
  const texts = index.map(() => "text");
  const mails = { senders: texts, subjects: texts, textBodies: texts, htmlBodies: texts };
  return { ...messages, ...mails, states: index.map(() => "sent"), failures: index.map(() => null) };
}

const page = { before: 1_000_000n, limit: 21, orderId: 7n, recipient: "a7@b.example", mailId: 7n };

/** The plan of a prepared statement that no longer looks at its parameters, as it is run. */
async function cachedPlan(tx: Tx, name: string, params: Params): Promise<string> {
  const text = listStatements().find((statement) => statement.name === name);
  assert.ok(text, name);
  await ask(tx, "set local plan_cache_mode = force_generic_plan");
  await ask(tx, `prepare looked_at as ${text.sent}`);
  const values = bindParameters(text, params).map((value) => `'${String(value).replaceAll("'", "''")}'`);
  const lines = await ask<object>(tx, `explain execute looked_at(${values.join(", ")})`);
  await ask(tx, "deallocate looked_at");
  return lines.map((line) => Object.values(line)[0]).join("\n");
}

async function fill(sql: Sql): Promise<void> {
  await ask(
    sql,
    `insert into notifications.messages
       (order_id, kind, state, channel, recipient, locale, message_id, tries, created_at, sent_at)
     select n, 'order_confirmation', 'sent', 'mailbox', 'a' || n || '@b.example', 'en', 'm-' || n, 1, now(), now()
       from generate_series(1, ${manyRows}) as n`,
  );
  await ask(
    sql,
    `insert into notifications.mails
       (message_id, order_id, kind, sender, recipient, subject, text_body, html_body, sent_at)
     select 'm-' || n, n, 'order_confirmation', 's', 'a' || n || '@b.example', 's', 't', 'h', now()
       from generate_series(1, ${manyRows}) as n`,
  );
}

describe("The statements of notifications", () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
  });

  const writes = ["insert_sent_messages", "open_messages", "settle_messages", "insert_mails"];
  const reads = [
    ["list_mails", "mails_pkey"],
    ["list_mails_of_order", "mails_message_once"],
    ["list_mails_of_order_to", "mails_message_once"],
    ["find_mail", "mails_pkey"],
  ] as const;

  async function assertPlans(): Promise<void> {
    await database.db.transaction(async (tx) => {
      for (const name of writes) {
        for (const count of [1, 1_000]) {
          const plan = await cachedPlan(tx, `notifications.${name}`, set(count));
          assert.match(plan, /^Insert on (messages|mails)/);
          assert.doesNotMatch(plan, /Seq Scan/, `${name} with ${count} rows:\n${plan}`);
        }
      }
      for (const [name, index] of reads) {
        const plan = await cachedPlan(tx, `notifications.${name}`, page);
        assert.doesNotMatch(plan, /Seq Scan/, `${name}:\n${plan}`);
        assert.ok(plan.includes(index), `${name} without ${index}:\n${plan}`);
      }
    });
  }

  test("keep their indexes for 1 row and for 1,000 on empty tables", () => assertPlans());
  test("keep their indexes for 1 row and for 1,000 on large tables, before and after they are analysed", async () => {
    await fill(database.db);
    await assertPlans();
    await ask(database.db, "analyze notifications.messages");
    await ask(database.db, "analyze notifications.mails");
    await assertPlans();
  });
});
