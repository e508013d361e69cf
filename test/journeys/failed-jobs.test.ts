import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../support/ask.ts";
import { eventually } from "../support/eventually.ts";
import { givenSite, startServing } from "../support/serve.ts";

interface Listed {
  readonly data: readonly Record<string, unknown>[];
}

/** Given up at the first failure, so that nobody waits for days. */
const tries = 1;

test("a job that is given up becomes a task, is decided on, and leaves who decided so", async () => {
  const site = await givenSite();
  const server = await startServing(site);
  const read = async (path: string) => JSON.parse((await server.send("GET", path)).text) as Listed;
  const queue = (name: string, payload: object) =>
    ask(site.db, "select id from graphile_worker.add_job($1, $2::json, max_attempts => $3::int)", [
      name,
      JSON.stringify(payload),
      tries,
    ]);
  await queue("tell-customer", { orderId: "424242", kind: "order_shipped" });
  await queue("refund-payment", { orderId: "424242", refund: "first" });

  await eventually("both have a task", async () => (await read("/api/v2/tasks?kind=job_failed")).data.length === 2);
  const { data: jobs } = await read("/api/v2/jobs?status=failed");
  assert.deepEqual(jobs.map(({ name, error }) => [name, error]).sort(), [
    ["refund-payment", "This version cannot read the payload of a job refund-payment."],
    ["tell-customer", "There is no order 424242 to tell its customer of."],
  ]);
  const [unread, untold] = ["refund-payment", "tell-customer"].map((wanted) =>
    jobs.find(({ name }) => name === wanted),
  );
  const discard = (id: unknown, reason: string) =>
    server.send("POST", `/api/v2/jobs/${id}/discard`, { key: `discard-${id}`, body: { reason } });
  assert.equal((await discard(unread?.id, "Written by hand.")).status, 200);
  const retried = await server.send("POST", `/api/v2/jobs/${untold?.id}/retry`, { key: "retry" });
  assert.equal(retried.status, 200, retried.text);

  assert.deepEqual((await read("/api/v2/tasks?kind=job_failed&status=open")).data, []);
  const { data: audit } = await read("/api/v2/audit");
  assert.deepEqual(
    audit.map(({ action, actor_name }) => [action, actor_name]),
    [
      ["task.closed", "first start"],
      ["job.retried", "first start"],
      ["task.closed", "first start"],
      ["job.discarded", "first start"],
      ["key.created", "first start"],
    ],
  );
  assert.equal(await server.stop(), 0);
  await site.close();
});
