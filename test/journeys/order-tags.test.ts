import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ask } from "../support/ask.ts";
import { eventually } from "../support/eventually.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";
import { add, givenCheckout, givenProduct, openStoreClient } from "../support/store-client.ts";

let site: Site;
let server: ServingProcess;
let path: string;

/** The tag of the order as it is now. */
async function readTag(): Promise<string> {
  return (await server.send("GET", path)).headers.get("etag") ?? "";
}

const refund = (ifMatch: string, amount: number) =>
  server.send("POST", `${path}/refunds`, { body: { amount, reason: "Broken." }, headers: { "if-match": ifMatch } });

describe("the tag of an order", () => {
  before(async () => {
    site = await givenSite();
    server = await startServing(site);
    const items = [{ product_name: "Tea", quantity: 1, unit_price: 100 }];
    const body = { customer_email: "ann@example.com", customer_name: "Ann", items, currency: "JPY" };
    const placed = JSON.parse((await server.send("POST", "/api/v1/orders/", { body })).text) as { id: number };
    path = `/api/v2/orders/${placed.id}`;
  });
  after(async () => assert.equal(await server.stop(), 0));

  test("stays while nothing happens, and spares who has it the answer", async () => {
    const tag = await readTag();
    assert.match(tag, /^"[\w-]+"$/);
    assert.equal(await readTag(), tag);
    const again = await server.send("GET", path, { headers: { "if-none-match": tag } });
    assert.deepEqual([again.status, again.text, again.headers.get("etag")], [304, "", tag]);
    assert.equal((await server.send("GET", path, { headers: { "if-none-match": '"another"' } })).status, 200);
  });

  test("lets one of two writers through who saw the same, and the other one's write does nothing", async () => {
    const tag = await readTag();
    const answers = await Promise.all([refund(tag, 10), refund(tag, 10)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 412]);
    const [{ refunds } = { refunds: 0n }] = await ask<{ refunds: bigint }>(
      site.db,
      "select count(*) as refunds from payments.refunds",
    );
    assert.equal(Number(refunds), 1);
    assert.notEqual(await readTag(), tag);
  });

  test("is refused when it is none, before anything is done", async () => {
    const refused = await refund("not-a-tag", 10);
    assert.equal(refused.status, 400);
    assert.equal(JSON.parse(refused.text).code, "http.if_match_invalid");
  });

  test("does for a write that came with what was read last", async () => {
    // The refund before it may be on its way, and change the order between reading and writing.
    const goesThrough = async () => (await refund(`"an-old-one", ${await readTag()}`, 20)).status === 201;
    await eventually("a write comes with what was read last", goesThrough);
    assert.equal((await refund("*", 20)).status, 201);
  });
});

describe("the tag of a cart", () => {
  test("lets one of two writers through who saw the same, and the other one's write does nothing", async () => {
    const tagged = await startServing(await givenSite());
    const { priceId } = await givenProduct(tagged);
    const client = openStoreClient(tagged);
    await add(client, priceId);
    const tag = (await client.send("GET", "/api/store/cart")).headers.get("etag") ?? "";
    const body = { price_id: priceId, quantity: 1 };
    const write = (ifMatch: string) =>
      client.send("POST", "/api/store/cart/lines", { body, headers: { "if-match": ifMatch } });
    const answers = await Promise.all([write(tag), write(tag)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412]);
    const cart = await client.ask<{ total_amount: number }>("GET", "/api/store/cart");
    assert.equal(cart.total_amount, 2 * 1296);
    assert.equal((await write("*")).status, 200);
    assert.equal((await write("no-tag")).status, 400);
    assert.equal(await tagged.stop(), 0);
  });

  test("of an order is looked at before its payment page is opened", async () => {
    const tagged = await startServing(await givenSite());
    const client = openStoreClient(tagged);
    const order = await givenCheckout(client, (await givenProduct(tagged)).priceId);
    const at = `/api/store/orders/${order.id}`;
    const tag = (await client.send("GET", at)).headers.get("etag") ?? "";
    const pay = (ifMatch: string) => client.send("POST", `${at}/pay`, { body: {}, headers: { "if-match": ifMatch } });
    assert.equal((await pay(tag)).status, 200);
    assert.equal((await pay('"an-old-one"')).status, 412);
    assert.equal(await tagged.stop(), 0);
  });
});
