import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { globSync, openAsBlob } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { generateClient } from "../scripts/generate-client.ts";
import { root } from "../test/architecture/read-repository.ts";
import { compile, installClient } from "../test/support/pack-client.ts";
import { givenSite, type ServingProcess, startServing } from "../test/support/serve.ts";
import { givenProduct } from "../test/support/store-client.ts";

type Package = typeof import("./src/index.ts");

const run = promisify(execFile);
let folder = "";
let packed: string[] = [];
let server: ServingProcess;
let client: Package;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "orderwell-client-"));
  packed = await installClient(folder);
  server = await startServing(await givenSite());
  client = (await import(join(folder, "node_modules/@orderwell/client/dist/index.js"))) as Package;
});

after(() => rm(folder, { recursive: true, force: true }));

/** Every file of a folder with its text, by its path. */
async function textsOf(path: string): Promise<Record<string, string>> {
  const names = globSync("**/*.ts", { cwd: path }).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(path, name), "utf8")])),
  );
}

/** The generated files that would be others for this description. */
async function staleFiles(description: object): Promise<string[]> {
  const fresh = join(folder, "generated");
  await generateClient(description, fresh);
  const [kept, made] = [await textsOf(join(root, "client/src/generated")), await textsOf(fresh)];
  return [...new Set([...Object.keys(kept), ...Object.keys(made)])].filter((name) => kept[name] !== made[name]);
}

/** The Nodes on the PATH that the client is made for, each version once; ours is always among them. */
async function nodes(): Promise<[string, string][]> {
  const found = new Map([[process.version, process.execPath]]);
  for (const place of (process.env.PATH ?? "").split(delimiter)) {
    const node = join(place, "node");
    const version = await run(node, ["--version"]).then(
      ({ stdout }) => stdout.trim(),
      () => "",
    );
    if (/^v(2\d|[3-9]\d)\./.test(version) && !found.has(version)) found.set(version, node);
  }
  return [...found];
}

const draft = {
  customer_email: "ann@example.com",
  customer_name: "Ann",
  items: [{ product_name: "Tea", quantity: 3, unit_price: 0.1 }],
  currency: "USD",
};

describe("the published client", () => {
  test("is generated from the description that the server gives", async () => {
    const description = JSON.parse((await server.send("GET", "/openapi.json")).text);
    assert.deepEqual(await staleFiles(description), [], "Run `npm run client`.");
    description.components.schemas.Order.properties.colour = { type: "string" };
    assert.deepEqual(await staleFiles(description), ["types.gen.ts"]);
  });

  test("has types and code in its package, and needs no other", async () => {
    for (const name of ["README.md", "LICENSE", "package.json", "dist/index.js", "dist/index.d.ts"])
      assert.ok(packed.includes(name), name);
    assert.deepEqual(
      packed.filter((name) => /test|(?<!\.d)\.ts$/.test(name)),
      [],
    );
    const installed = join(folder, "node_modules/@orderwell/client");
    const manifest = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
    assert.equal(manifest.dependencies, undefined);
    assert.equal(manifest.version, JSON.parse(await readFile(join(root, "package.json"), "utf8")).version);
    for (const name of packed.filter((one) => one.endsWith(".js"))) {
      const text = await readFile(join(installed, name), "utf8");
      assert.doesNotMatch(text, /from ["'](?!\.)|\bprocess\.|\brequire\(|\bBuffer\b/, `${name} runs in a browser too`);
    }
  });

  test("does what its README shows, in every Node that is here", async () => {
    const [, example = ""] = /```js\n([\s\S]*?)```/.exec(await readFile(join(root, "client/README.md"), "utf8")) ?? [];
    await writeFile(join(folder, "example.mjs"), example);
    const env = { ORDERWELL_URL: server.address, ORDERWELL_KEY: server.apiKey };
    for (const [version, node] of await nodes()) {
      const { stdout } = await run(node, ["example.mjs"], { cwd: folder, env });
      assert.match(
        stdout,
        /^Order \d+ is paid: 179600 JPY\nORD-\d{8}: 179600 in minor units\n409 order.cannot_move\n$/,
        version,
      );
    }
  });

  test("shops as its README shows, without a key, in every Node that is here", async () => {
    const examples = [...(await readFile(join(root, "client/README.md"), "utf8")).matchAll(/```js\n([\s\S]*?)```/g)];
    await writeFile(join(folder, "shop.mjs"), examples[1]?.[1] ?? "");
    const { priceId } = await givenProduct(server);
    const env = { ORDERWELL_URL: server.address, PRICE: priceId };
    for (const [version, node] of await nodes()) {
      const { stdout } = await run(node, ["shop.mjs"], { cwd: folder, env });
      const expected = /^In the cart: 2592 JPY\npayment_processing: pay at http:\S+\/sandbox\/pay\/cs_\S+\n1 order\n$/;
      assert.match(stdout, expected, version);
    }
  });

  test("keeps the shoppers of one program apart, and forgets a cookie that is taken away", async () => {
    const { priceId } = await givenProduct(server);
    const [ann, bob] = [new Map<string, string>(), new Map<string, string>()];
    const shopOf = (cookies: Map<string, string>) => client.createOrderwell({ baseUrl: server.address, cookies });
    await shopOf(ann).addCartLine({ body: { price_id: priceId, quantity: 1 } });
    assert.equal((await shopOf(ann).getCart()).total_amount, 1296);
    assert.equal((await shopOf(bob).getCart()).cart_id, null);
    assert.deepEqual([ann.size, bob.size], [1, 0]);
    ann.set("orderwell.session_token", "made up");
    await shopOf(ann).signOut();
    assert.deepEqual([...ann.keys()], ["ANONYMOUS_USER_EXTERNAL_ID"]);
  });

  test("has types that know what may be sent and what comes back", async () => {
    const use = `
      import { createOrderwell, type Order, OrderwellProblem } from "@orderwell/client";
      const orderwell = createOrderwell({ baseUrl: "http://127.0.0.1", apiKey: "key" });
      const order: Order = await orderwell.getOrder({ path: { id: "1" } });
      const total: number = order.total_amount + order.items.length;
      const code: string = new OrderwellProblem(new Response(), {}).code;
      // @ts-expect-error A status is one of six words.
      order.status === "payed";
      // @ts-expect-error The path names the order.
      await orderwell.getOrder({});
      // @ts-expect-error A name is a text.
      await orderwell.placeOrderV1({ body: { customer_email: "", customer_name: 1, items: [] } });
      console.log(total, code);
    `;
    const compilerOptions = {
      noEmit: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      module: "nodenext",
      target: "es2022",
      lib: ["es2022", "dom", "dom.iterable"],
      types: [],
    };
    await writeFile(join(folder, "use.mts"), use);
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.mts"] }));
    await compile("-p", folder);
  });
});

describe("createOrderwell", () => {
  const open = () => client.createOrderwell({ baseUrl: `${server.address}/`, apiKey: server.apiKey });

  test("places an order, and reads it", async () => {
    const orderwell = open();
    const order = await orderwell.placeOrderV1({ body: draft });
    assert.equal(order.status, "paid");
    assert.equal(order.total_amount, 0.3);
    const { total_amount, items } = await orderwell.getOrder({ path: { id: String(order.id) } });
    assert.equal(total_amount, 30);
    assert.deepEqual(
      items.map(({ unit_price }) => unit_price),
      [10],
    );
  });

  test("throws what is refused as a problem with its code, its faults and its name in the log", async () => {
    await assert.rejects(open().placeOrderV1({ body: { ...draft, currency: "EUX" } }), (error) => {
      assert.ok(error instanceof client.OrderwellProblem);
      assert.equal(error.status, 422);
      assert.equal(error.code, "order.invalid");
      assert.deepEqual(
        error.errors.map(({ pointer }) => pointer),
        ["/currency"],
      );
      assert.match(error.requestId ?? "", /./);
      assert.match(error.message, /./);
      return true;
    });
    const stranger = client.createOrderwell({ baseUrl: server.address, apiKey: "wrong" });
    await assert.rejects(stranger.listEvents(), { status: 401, code: "http.unauthorized" });
  });

  test("does what has the same key once", async () => {
    const orderwell = open();
    const headers = { "Idempotency-Key": randomUUID() };
    const first = await orderwell.placeOrderV1({ body: draft, headers });
    const again = await client.withResponse((whole) => orderwell.placeOrderV1({ body: draft, headers, ...whole }));
    assert.deepEqual(again.data, first);
    assert.equal(again.response.headers.get("idempotent-replayed"), "true");
    await assert.rejects(orderwell.placeOrderV1({ body: { ...draft, customer_name: "Bob" }, headers }), {
      code: "http.idempotency_key_reused",
    });
  });

  test("makes a write depend on what was read", async () => {
    const orderwell = open();
    const path = { id: String((await orderwell.placeOrderV1({ body: draft })).id) };
    const { data, response } = await client.withResponse((whole) => orderwell.getOrder({ path, ...whole }));
    const headers = { "If-Match": response.headers.get("etag") ?? "" };
    const refund = await orderwell.createRefund({ path, headers, body: { amount: 10, reason: "Broken." } });
    assert.equal(refund.currency, data.currency);
    const again = orderwell.createRefund({ path, headers, body: { amount: 10, reason: "Broken." } });
    await assert.rejects(again, { status: 412, code: "http.precondition_failed" });
  });

  test("hears events as they happen", async () => {
    const orderwell = open();
    const { stream } = await orderwell.streamEvents({ query: { after: 0 } });
    const { id } = await orderwell.placeOrderV1({ body: draft });
    const { id: uid } = await orderwell.getOrder({ path: { id: String(id) } });
    for await (const event of stream) {
      if (event.subject === uid && event.type === "OrderConfirmed") break;
    }
  });

  test("uploads a file of orders, and hears how it goes until its end", async () => {
    const orderwell = open();
    const rows = ["A-1,ann@example.com,EUR,Tea,1,2.50", "A-2,ann@example.com,EUR,Tea,-1,2.50"];
    const text = `order_id,email,currency,product,quantity,price\n${rows.join("\n")}\n`;
    const path = join(folder, "orders.csv");
    await writeFile(path, text);
    const upload = { file: await openAsBlob(path), name: "orders.csv", options: { auto_start: true } } as const;
    const { data, response } = await client.withResponse((whole) =>
      orderwell.uploadImport({ body: upload, query: { again: true }, ...whole }),
    );
    assert.deepEqual([response.status, data.name, data.options.auto_start], [202, "orders.csv", true]);
    const { stream } = await orderwell.streamImportProgress({ path: { id: data.id } });
    let last: { status: string; orders_placed: number } | undefined;
    for await (const progress of stream) last = progress;
    assert.deepEqual([last?.status, last?.orders_placed], ["completed_with_errors", 1]);
    const rejected = await orderwell.getRejectedRows({ path: { id: data.id } });
    assert.match(rejected, /^A-2,.*it must be 1 at least/m);
    const query = { import_id: data.id };
    let csv = "";
    const parts = await client.streamOf((streamed) => orderwell.exportOrders({ query, ...streamed }));
    for await (const part of parts.pipeThrough(new TextDecoderStream())) csv += part;
    assert.equal(csv, await orderwell.exportOrders({ query }));
    assert.match(csv, /,A-1,/);
    await assert.rejects(orderwell.uploadImport({ body: { ...upload, options: { currency: "ABC" } } }), {
      code: "import_file.currency_unknown",
    });
  });

  test("places one order when the answer gets lost on the way", async () => {
    let lost = 0;
    const losing = async (request: Request, init?: RequestInit) => {
      const response = await fetch(request, init);
      if (lost > 0 || request.method === "GET") return response;
      lost += 1;
      throw new TypeError("The connection broke.");
    };
    const orderwell = client.createOrderwell({ baseUrl: server.address, apiKey: server.apiKey, fetch: losing });
    const email = `${randomUUID()}@example.com`;
    const order = await orderwell.placeOrderV1({ body: { ...draft, customer_email: email } });
    const orders = await orderwell.listOrdersV1({ query: { limit: 100 } });
    assert.deepEqual(
      orders.filter(({ customer_email }) => customer_email === email).map(({ id }) => id),
      [order.id],
    );
    assert.equal(lost, 1);
  });
});
