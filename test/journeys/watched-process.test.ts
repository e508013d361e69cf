import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { givenSite, type ServingProcess, type Site, startServing, startWorking } from "../support/serve.ts";

const path = "/api/v1/orders/";

function order(email: string) {
  const items = [{ product_name: "Tea", quantity: 1, unit_price: 5 }];
  return { customer_email: email, customer_name: "Ann", items, currency: "EUR" };
}

/** The value of a metric, by its name and labels as they are written; undefined when there is none. */
function numberOf(text: string, metric: string): number | undefined {
  const line = text.split("\n").find((one) => one.startsWith(`${metric} `));
  return line === undefined ? undefined : Number(line.slice(metric.length + 1));
}

describe("a process that is watched", () => {
  let site: Site;
  let server: ServingProcess;
  let port: number;

  const scraped = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

  before(async () => {
    site = await givenSite();
    port = await freePort();
    server = await startServing(site, { METRICS_PORT: String(port) });
  });
  after(async () => assert.equal(await server.stop(), 0));

  test("counts requests by their route, and payments by their outcome", async () => {
    assert.equal((await server.send("POST", path, { body: order("ann@example.com") })).status, 201);
    assert.equal((await server.send("POST", path, { body: order("declined@example.com") })).status, 201);
    assert.equal((await server.send("GET", `${path}999999999`)).status, 404);
    assert.equal((await server.send("GET", "/nothing/here")).status, 404);
    const text = await scraped();
    const requests = "orderwell_request_seconds_count";
    assert.equal(numberOf(text, `${requests}{route="/api/v1/orders",method="POST",status="2xx"}`), 2);
    assert.equal(numberOf(text, `${requests}{route="unmatched",method="GET",status="4xx"}`), 1);
    // In a label; a sum of seconds may end in as many nines.
    assert.doesNotMatch(text, /="[^"]*(?:999999999|nothing)/);
    const calls = 'orderwell_gateway_call_seconds_count{gateway="sandbox",call="charge",outcome=';
    assert.equal((numberOf(text, `${calls}"paid"}`) ?? 0) + (numberOf(text, `${calls}"failed"}`) ?? 0), 2);
    assert.equal(numberOf(text, 'orderwell_gateway_breaker{gateway="sandbox",state="closed"}'), 1);
    assert.ok((numberOf(text, 'orderwell_set_members_count{set="place-orders"}') ?? 0) > 0);
  });

  test("counts orders, jobs and events as they stand in the database", async () => {
    await eventually("both orders are counted, and what followed from them is done", async () => {
      const text = await scraped();
      const orders = ["pending", "payment_processing", "paid", "shipped", "delivered", "cancelled"].map((status) =>
        numberOf(text, `orderwell_orders{status="${status}"}`),
      );
      return (
        orders.reduce((sum: number, count) => sum + (count ?? Number.NaN), 0) === 2 &&
        numberOf(text, 'orderwell_jobs{job="tell-customer",state="ready"}') === 0 &&
        numberOf(text, 'orderwell_jobs{job="tell-customer",state="failed"}') === 0 &&
        (numberOf(text, 'orderwell_job_run_seconds_count{job="tell-customer",outcome="done"}') ?? 0) > 0 &&
        numberOf(text, "orderwell_feed_waiting") === 0 &&
        (numberOf(text, "orderwell_feed_positions_total") ?? 0) > 0 &&
        numberOf(text, "orderwell_workers") === 1 &&
        numberOf(text, 'orderwell_lease_held{lease="sequencer"}') === 1 &&
        numberOf(text, 'orderwell_numbers_missing{of="orders"}') === 0
      );
    });
  });

  test("shows the same on its own port to keys that may see it", async () => {
    const answer = await server.send("GET", "/metrics");
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    assert.match(answer.text, /^orderwell_orders\{status="paid"\} \d$/m);
    assert.equal((await fetch(`${server.address}/metrics`)).status, 401);
  });

  test("answers for its health on the port of operators", async () => {
    assert.equal((await fetch(`http://127.0.0.1:${port}/health/ready`)).status, 200);
    assert.equal((await fetch(`http://127.0.0.1:${port}/health/live`)).status, 200);
  });

  test("tells the same of a process that only works", async () => {
    const other = await freePort();
    const worker = await startWorking(site, { METRICS_PORT: String(other) });
    const origin = `http://127.0.0.1:${other}`;
    await eventually("both workers are counted", async () => {
      const text = await (await fetch(`${origin}/metrics`)).text();
      return numberOf(text, "orderwell_workers") === 2;
    });
    assert.equal((await fetch(`${origin}/health/ready`)).status, 200);
    assert.equal(await worker.stop(), 0);
  });
});
