import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type ReceivedSpan, startTraceReceiver, type TraceReceiver } from "../fakes/trace-receiver.ts";
import { ask } from "../support/ask.ts";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import { eventually } from "../support/eventually.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";

const path = "/api/v1/orders/";
const requestName = "POST /api/v1/orders";
const order = {
  customer_email: "canary@example.com",
  customer_name: "Canary Bird",
  items: [{ product_name: "Canary seed", quantity: 1, unit_price: 5 }],
  currency: "EUR",
};

/** The names of the spans below one, deep first, each with its depth. */
function treeOf(spans: readonly ReceivedSpan[], parent: ReceivedSpan, depth = 0): string[] {
  const below = spans.filter((span) => span.traceId === parent.traceId && span.parentSpanId === parent.spanId);
  return [`${"  ".repeat(depth)}${parent.name}`, ...below.flatMap((span) => treeOf(spans, span, depth + 1))];
}

describe("a traced process", () => {
  let site: Site;
  let server: ServingProcess;
  let receiver: TraceReceiver;

  const spansOf = (traceId: string) => receiver.spans.filter((span) => span.traceId === traceId);

  before(async () => {
    site = await givenSite();
    receiver = await startTraceReceiver();
    server = await startServing(site, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint });
  });
  after(async () => {
    assert.equal(await server.stop(), 0);
    await receiver.close();
  });

  test("tells of one order from its request to its letter, in the caller's trace", async () => {
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const caller = "00f067aa0ba902b7";
    const headers = { traceparent: `00-${traceId}-${caller}-01` };
    const answer = await server.send("POST", path, { body: order, headers });
    assert.equal(answer.status, 201, answer.text);
    await eventually("the spans of request and job have come", () => {
      const names = spansOf(traceId).map(({ name }) => name);
      return names.includes(requestName) && names.includes("job tell-customer");
    });
    const spans = spansOf(traceId);
    const request = spans.find(({ name }) => name === requestName) as ReceivedSpan;
    assert.equal(request.parentSpanId, caller);
    const tree = treeOf(spans, request);
    const has = (...lines: string[]) => {
      for (const line of lines) assert.ok(tree.includes(line), `${line} is not in\n${tree.join("\n")}`);
    };
    has("  place-orders member", "    place-orders", "      commit");
    has("  gateway charge", "    charge-sandbox member", "      charge-sandbox");
    has("  settle-payments member", "    settle-payments", "      orders.lock_orders");
    has("      job tell-customer", "        tell-customers member", "          tell-customers");
    assert.equal(tree.length, spans.length, "every span of the trace stands below the request");
  });

  test("links the runs that several orders share with each of them, both ways", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => server.send("POST", path, { body: order })));
    assert.ok(answers.every(({ status }) => status === 201));
    await untilDrained(site.db);
    await eventually("a shared run has come with those that shared it", () => {
      const shared = receiver.spans.find(({ name, links = [] }) => name === "place-orders" && links.length > 1);
      if (!shared) return false;
      const members = receiver.spans.filter(({ spanId }) => shared.links?.some((link) => link.spanId === spanId));
      return (
        members.length === shared.links?.length &&
        members.every(({ links = [] }) => links.some((link) => link.spanId === shared.spanId))
      );
    });
  });

  test("keeps out of its spans what belongs to customers, and all but names of statements", () => {
    const sent = receiver.bodies.join("\n");
    assert.match(sent, /orders\.lock_orders/);
    for (const canary of ["anary", "example.com", server.apiKey, "select ", "insert into"]) {
      assert.ok(!sent.includes(canary), `${canary} was sent`);
    }
  });

  test("takes a mark that nobody can read for none", async () => {
    const answer = await server.send("POST", path, { body: order, headers: { traceparent: "nonsense" } });
    assert.equal(answer.status, 201, answer.text);
  });
});

describe("a job", () => {
  test("that was queued in a trace runs in a process without one, and the other way round", async () => {
    const site = await givenSite();
    const receiver = await startTraceReceiver();
    const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint };
    for (const [queues, runs] of [
      [traced, {}],
      [{}, traced],
    ]) {
      const front = await startServing(site, { ...queues, SERVE_JOBS: "elsewhere" });
      assert.equal((await front.send("POST", path, { body: order })).status, 201);
      const [job] = await ask<{ marked: boolean }>(
        site.db,
        "select payload ->> 'traceparent' is not null as marked from graphile_worker._private_jobs",
      );
      assert.equal(job?.marked, queues === traced);
      const back = await startServing(site, runs);
      await untilDrained(site.db);
      await Promise.all([front.stop(), back.stop()]);
    }
    await assertVerified(site.url);
    await receiver.close();
  });
});

describe("a process whose collector", { concurrency: true }, () => {
  test("hangs is waited for by nobody, and the process ends in time", async () => {
    const site = await givenSite();
    const receiver = await startTraceReceiver("hanging");
    const server = await startServing(site, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint });
    assert.equal((await server.send("POST", path, { body: order })).status, 201);
    await eventually("the collector was called", () => receiver.calls() > 0);
    assert.equal((await server.send("POST", path, { body: order })).status, 201);
    assert.equal(await server.stop(), 0);
    await receiver.close();
  });

  test("is not there serves as ever and says so", async () => {
    const site = await givenSite();
    const server = await startServing(site, { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" });
    assert.equal((await server.send("POST", path, { body: order })).status, 201);
    await eventually("the log tells of it", () => server.log().includes("Spans cannot be sent"));
    assert.equal((await server.send("POST", path, { body: order })).status, 201);
    assert.equal(await server.stop(), 0);
  });
});
