import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { givenSite, type ServingProcess, startServing } from "../support/serve.ts";

const draft = {
  customer_email: "tanaka@example.co.jp",
  customer_name: "田中太郎",
  items: [{ product_name: "ノートパソコン", quantity: 1, unit_price: 89800 }],
};

async function place(server: ServingProcess): Promise<number> {
  const answer = await server.send("POST", "/api/v1/orders/", { body: draft });
  assert.equal(answer.status, 201, answer.text);
  return (JSON.parse(answer.text) as { id: number }).id;
}

async function found(server: ServingProcess, query: string): Promise<number[]> {
  const answer = await server.send("GET", `/api/v2/orders?${query}`);
  assert.equal(answer.status, 200, answer.text);
  return (JSON.parse(answer.text) as { data: { order_id: number }[] }).data.map((order) => order.order_id);
}

describe("orders that were placed", () => {
  test("are listed at once, and found by their words soon after, also when their process is killed in between", async () => {
    const site = await givenSite();
    const first = await startServing(site);
    const one = await place(first);
    assert.deepEqual(await found(first, "status=paid"), [one]);
    await first.kill();

    const second = await startServing(site);
    const other = await place(second);
    const words = encodeURIComponent("パソコン 田中");
    await eventually("both are found", async () => (await found(second, `q=${words}`)).length === 2);
    assert.deepEqual(await found(second, "q=tanaka@example&direction=asc"), [one, other]);
    assert.deepEqual(await found(second, "sort=amount&currency=JPY&amount_min=89800&direction=asc"), [one, other]);
    const file = await second.send("GET", "/api/v2/orders.csv?q=tanaka");
    assert.equal(file.text.split("\r\n").length, 1 + 2 + 1);
    assert.equal(await second.stop(), 0);
  });
});
