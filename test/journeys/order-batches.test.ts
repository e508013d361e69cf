import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../support/ask.ts";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import { type BatchAnswer, draftBody } from "../support/draft-bodies.ts";
import { eventually } from "../support/eventually.ts";
import {
  type Answered,
  type Asking,
  givenSite,
  type ServingProcess,
  type Site,
  startServing,
} from "../support/serve.ts";

const path = "/api/v2/orders/batch";
const most = 10_000;

let site: Site;
let server: ServingProcess;
let sources = 0;

before(async () => {
  site = await givenSite();
  server = await startServing(site);
});

/** A source that no other test uses, so that references are its own. */
function givenSource(): string {
  sources += 1;
  return `source-${sources}`;
}

async function send(query: string, asking: Asking): Promise<Answered> {
  return server.send("POST", `${path}?notify=false&${query}`, asking);
}

function read<Body = BatchAnswer>(answer: Answered): Body {
  assert.ok(answer.status < 300, `${answer.status} ${answer.text.slice(0, 500)}`);
  return JSON.parse(answer.text) as Body;
}

async function ordersOf(source: string): Promise<{ reference: string | null; orders: bigint }[]> {
  return ask(
    site.db,
    "select external_reference as reference, count(*) as orders from orders.orders where source = $1 group by 1 order by 1",
    [source],
  );
}

describe("a batch", () => {
  test("of ten thousand orders of every kind is answered one by one, in its order", async () => {
    const source = givenSource();
    const kinds = ["placed", "placed", "rejected", "duplicate", "placed"] as const;
    const body = Array.from({ length: most }, (_, index) => {
      const kind = kinds[index % kinds.length];
      if (kind === "rejected") return draftBody(`W-${index}`, { total_amount: 299 });
      return draftBody(kind === "duplicate" ? `W-${index - 2}` : `W-${index}`);
    });
    const answer = read(await send(`payment=recorded&source=${source}`, { body }));
    assert.deepEqual([answer.placed, answer.duplicates, answer.rejected], [6_000, 2_000, 2_000]);
    for (const [index, member] of answer.data.entries()) {
      assert.deepEqual([member.index, member.outcome], [index, kinds[index % kinds.length]]);
      assert.equal(member.external_reference, body[index]?.external_reference);
      assert.equal(member.order?.status, member.outcome === "rejected" ? undefined : "paid");
      assert.equal(member.problem?.errors?.[0]?.pointer, member.outcome === "rejected" ? "/total_amount" : undefined);
      if (member.outcome === "duplicate") assert.equal(member.order?.id, answer.data[index - 2]?.order?.id);
    }

    const again = read(await send(`payment=recorded&source=${source}`, { body }));
    assert.deepEqual([again.batch_id, again.placed, again.duplicates, again.rejected], [null, 0, 8_000, 2_000]);
    const named = ({ data }: BatchAnswer) => data.map(({ order }) => order?.id);
    assert.deepEqual(named(again), named(answer));
    const orders = await ordersOf(source);
    assert.ok(orders.length === 6_000 && orders.every((one) => one.orders === 1n));
    const seen = read<{ orders: number; money: object[] }>(
      await server.send("GET", `/api/v2/batches/${answer.batch_id}`),
    );
    assert.deepEqual(seen.money, [
      { currency: "USD", orders: 6_000, total_amount: 1_800_000, captured_amount: 1_800_000, refunded_amount: 0 },
    ]);
  });

  test("takes the first of orders with one reference, and calls the others duplicates of it", async () => {
    const source = givenSource();
    const body = [draftBody("b"), draftBody("a"), draftBody("b", { customer_name: "Ben" }), draftBody(undefined)];
    const { data } = read(await send(`payment=none&source=${source}`, { body }));
    assert.deepEqual(
      data.map(({ outcome }) => outcome),
      ["placed", "placed", "duplicate", "placed"],
    );
    assert.equal(data[2]?.order?.id, data[0]?.order?.id);
    const names = await ask(
      site.db,
      "select customer_name from orders.orders where external_reference = 'b' and source = $1",
      [source],
    );
    assert.deepEqual(names, [{ customerName: "Ann" }]);
  });

  test("is the other's neighbour though both have the same references in another order", async () => {
    const source = givenSource();
    const references = Array.from({ length: 600 }, (_, index) => `W-${index}`);
    const bodies = [references, references.toReversed(), references.slice(300), references.slice(0, 300).toReversed()];
    const answers = await Promise.all(
      bodies.map((some) =>
        send(`payment=recorded&source=${source}`, { body: some.map((reference) => draftBody(reference)) }),
      ),
    );
    const placed = answers.map((answer) => read(answer).placed);
    assert.equal(
      placed.reduce((sum, one) => sum + one, 0),
      600,
    );
    const orders = await ordersOf(source);
    assert.ok(orders.length === 600 && orders.every((one) => one.orders === 1n));
  });

  test("may be NDJSON, where a line that is no JSON hurts no other", async () => {
    const source = givenSource();
    const lines = [draftBody("a"), draftBody("b")].map((draft) => JSON.stringify(draft));
    const body = `${lines[0]}\n{"external_reference":\n\n${lines[1]}\r\n`;
    const answer = await send(`payment=none&source=${source}`, {
      body,
      headers: { "content-type": "application/x-ndjson" },
    });
    assert.deepEqual(
      read(answer).data.map(({ outcome, problem }) => [outcome, problem?.code]),
      [
        ["placed", undefined],
        ["rejected", "http.unreadable_body"],
        ["placed", undefined],
      ],
    );
  });

  test("of another type hears which types there are", async () => {
    const answer = await send("payment=none", { body: "a,b", headers: { "content-type": "text/csv" } });
    assert.equal(answer.status, 415);
    assert.match(JSON.parse(answer.text).detail, /as application\/json or application\/x-ndjson or /);
  });

  test("that is no whole JSON array places nothing", async () => {
    const source = givenSource();
    const draft = JSON.stringify(draftBody("a"));
    for (const body of [`[${draft},${draft}`, `[${draft},]`, `[${draft} ${draft}]`, draft, `[${draft},nul]`]) {
      const answer = await send(`payment=none&source=${source}`, { body });
      assert.deepEqual([answer.status, JSON.parse(answer.text).code], [400, "http.unreadable_body"], body);
    }
    assert.deepEqual(await ordersOf(source), []);
  });

  test("has orders in it, and not more than may be", async () => {
    const source = givenSource();
    const body = Array.from({ length: most + 1 }, () => ({}));
    for (const [sent, status, code] of [
      [[], 422, "http.invalid_input"],
      [body, 413, "http.too_many_elements"],
    ] as const) {
      const answer = await send(`source=${source}`, { body: sent });
      assert.deepEqual([answer.status, JSON.parse(answer.text).code], [status, code]);
    }
    const long = { ...draftBody("a"), customer_name: "x".repeat(1_048_576) };
    const { data } = read(await send(`payment=none&source=${source}`, { body: [long, draftBody("b")] }));
    assert.deepEqual(
      data.map(({ outcome, problem }) => [outcome, problem?.code]),
      [
        ["rejected", "http.element_too_large"],
        ["placed", undefined],
      ],
    );
  });

  test("is answered once under its key, and another under the same key is refused", async () => {
    const source = givenSource();
    const body = [draftBody(undefined), draftBody(undefined)];
    const query = `payment=recorded&source=${source}`;
    const both = await Promise.all([send(query, { key: "batch", body }), send(query, { key: "batch", body })]);
    const third = await send(query, { key: "batch", body });
    assert.equal(third.headers.get("idempotent-replayed"), "true");
    for (const answer of both) assert.equal(answer.text, third.text);
    assert.deepEqual(await ordersOf(source), [{ reference: null, orders: 2n }]);

    for (const other of [
      send(query, { key: "batch", body: [...body, {}] }),
      send("payment=none", { key: "batch", body }),
    ]) {
      const answer = await other;
      assert.deepEqual([answer.status, JSON.parse(answer.text).code], [422, "http.idempotency_key_reused"]);
    }
  });

  test("to be charged is paid one by one after its answer, and told of on its page", async () => {
    const source = givenSource();
    const emails = [
      "card-declined@example.com",
      ...Array.from({ length: 60 }, (_, index) => `shopper-${index}@example.com`),
    ];
    const body = emails.map((email, index) => draftBody(`W-${index}`, { customer_email: email }));
    const answer = await send(`source=${source}`, { body });
    assert.equal(answer.status, 202);
    const { batch_id: batchId, data } = read(answer);
    assert.ok(data.every(({ order }) => order?.status === "pending"));

    interface Batch {
      readonly by_status: Readonly<Record<string, number>>;
      readonly untried: number;
    }
    let batch: Batch | undefined;
    await eventually("every order was tried", async () => {
      batch = read<Batch>(await server.send("GET", `/api/v2/batches/${batchId}`));
      return batch.by_status.paid === 60;
    });
    assert.deepEqual([batch?.untried, batch?.by_status.pending], [0, 1]);
  });

  test("is placed or told to come back when many come at once, and never half of it", async () => {
    const source = givenSource();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => {
        const body = Array.from({ length: 100 }, (_, line) => draftBody(`W-${index}-${line}`));
        // Those that are sent without their length are taken for large ones.
        return send(`payment=none&source=${source}`, index % 2 === 0 ? { body } : { body, streamed: true });
      }),
    );
    for (const { status, headers } of answers) {
      assert.ok(status === 200 || (status === 503 && Number(headers.get("retry-after")) > 0), `${status}`);
    }
    const placed = answers.filter(({ status }) => status === 200).length;
    assert.ok(placed >= 20, `${placed} were placed`);
    assert.equal((await ordersOf(source)).length, 100 * placed);
  });

  test("rejects a payment that another order has, and what is said of a payment that is not recorded", async () => {
    const source = givenSource();
    const paid = (reference: string) => draftBody(reference, { payment_reference: `pay-${source}` });
    const recorded = read(await send(`payment=recorded&source=${source}`, { body: [paid("a"), paid("b")] }));
    const none = read(await send(`payment=none&source=${source}`, { body: [paid("c")] }));
    assert.deepEqual(
      [...recorded.data, ...none.data].map(({ outcome, problem }) => [outcome, problem?.errors?.[0]?.pointer]),
      [
        ["placed", undefined],
        ["rejected", "/payment_reference"],
        ["rejected", "/payment_reference"],
      ],
    );
  });

  test("leaves books in which everything holds", async () => {
    await untilDrained(site.db);
    await assertVerified(site.url);
  });
});
