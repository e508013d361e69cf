import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Metrics } from "../platform/metrics.ts";
import { type Apart, listenApart } from "./listen-apart.ts";

const host = "127.0.0.1";

describe("the port of operators", () => {
  let broken = false;
  let ok = true;
  let apart: Apart;

  const metrics: Metrics = {
    contentType: "text/plain; version=0.0.4",
    names: () => [],
    async text() {
      if (broken) throw new Error("canary");
      return "orderwell_orders 1\n";
    },
  };
  const ready = async () => ({ ok, checks: { database: ok ? "ok" : "cannot be reached" } });
  const get = (path: string, method = "GET") => fetch(`http://${host}:${apart.port}${path}`, { method });

  before(async () => {
    apart = await listenApart({ host, port: 0, metrics, ready });
  });
  after(() => apart.close());

  test("shows metrics without a key", async () => {
    const answer = await get("/metrics?x=1");
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), metrics.contentType);
    assert.equal(await answer.text(), "orderwell_orders 1\n");
  });

  test("says whether the process lives and is ready", async () => {
    assert.equal((await get("/health/live")).status, 200);
    assert.equal((await get("/health/ready")).status, 200);
    ok = false;
    const answer = await get("/health/ready");
    ok = true;
    assert.equal(answer.status, 503);
    assert.deepEqual(await answer.json(), { status: "not ready", checks: { database: "cannot be reached" } });
  });

  test("has nothing else, and changes nothing", async () => {
    assert.equal((await get("/api/v2/orders")).status, 404);
    assert.equal((await get("/metrics", "POST")).status, 405);
    assert.equal((await get("/metrics", "HEAD")).status, 200);
  });

  test("tells nothing of a fault", async () => {
    broken = true;
    const answer = await get("/metrics");
    broken = false;
    assert.equal(answer.status, 500);
    assert.doesNotMatch(await answer.text(), /canary/);
  });

  test("is refused when somebody else has it", async () => {
    await assert.rejects(listenApart({ host, port: apart.port, metrics, ready }), { code: "EADDRINUSE" });
  });
});
