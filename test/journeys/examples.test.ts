import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import { type ApiDocument, type Described, exampleOf, operationsOf } from "../support/described-api.ts";
import { eventually } from "../support/eventually.ts";
import { givenImportFile } from "../support/given-import-files.ts";
import { givenFailedJob, givenTask } from "../support/given-tasks.ts";
import { type OpenStage, openStage } from "../support/open-stage.ts";
import {
  answerChecker,
  type Example,
  type Ground,
  hearBeginning,
  type Ids,
  requestOf,
} from "../support/run-example.ts";
import type { Answered, ServingProcess, Site } from "../support/serve.ts";
import { signedHeaders } from "../support/signed-webhook.ts";
import { openStoreClient } from "../support/store-client.ts";

let site: Site;
let server: ServingProcess;
let document: ApiDocument;
let operations: Described[] = [];
let check: ReturnType<typeof answerChecker>;
let stage: OpenStage;

before(async () => {
  stage = await openStage({ RATE_LIMIT_GUESSES: "0" });
  ({ site, server } = stage);
  document = JSON.parse((await server.send("GET", "/openapi.json")).text);
  operations = operationsOf(document);
  check = answerChecker(document);
});

function operation(id: string): Described {
  const found = operations.find((one) => one.id === id);
  assert.ok(found, id);
  return found;
}

function read<Body>(answer: Answered): Body {
  assert.ok(answer.status < 300, `${answer.status} ${answer.text}`);
  return JSON.parse(answer.text);
}

/** The order of the description's own example, placed now, and every name by which an example calls it. */
async function givenOrder(member: object = {}): Promise<Ids> {
  const body = { ...(exampleOf(operation("placeOrderV1").body ?? {}) as object), ...member };
  const { id } = read<{ id: number }>(await server.send("POST", "/api/v1/orders/", { body }));
  const { number } = read<{ number: string }>(await server.send("GET", `/api/v2/orders/${id}`));
  return { order_id: id, id: number, order: number };
}

/** An import of a file of so many orders that came as far as this. */
async function givenImport({
  orders,
  status,
  start = false,
}: {
  orders: number;
  status: string;
  start?: boolean;
}): Promise<Ids> {
  const name = await givenImportFile(site, orders);
  const body = { blob_key: `incoming/${name}`, options: { source: name, currency: "EUR", auto_start: start } };
  const { id } = read<{ id: string }>(await server.send("POST", "/api/v2/imports", { body }));
  await eventually(`the import is ${status}`, async () => {
    return read<{ status: string }>(await server.send("GET", `/api/v2/imports/${id}`)).status === status;
  });
  return { id };
}

const manyOrders = 4_000; // A second's work: it still runs when it is paused.

/** What an operation needs to be there before its example, beside a paid order. */
const starters: Readonly<Record<string, () => Promise<Ids>>> = {
  async createImport() {
    await givenImportFile(site, 1, "orders.csv");
    return {};
  },
  async createSandboxRefund() {
    const order = await givenOrder();
    const answer = await server.send("GET", `/api/v1/payments/order/${order.order_id}`);
    return { ...order, payment_id: read<{ payment_id: string }>(answer).payment_id };
  },
  async createPayment() {
    return givenOrder({ customer_email: "card-declined@example.com" });
  },
  listMails: async () => ({ ...(await givenOrder()), order_id: String((await givenOrder()).id) }),
};

/** What has nobody who makes it by a request. */
const starterOfPath: Readonly<Record<string, () => Promise<Ids>>> = {
  "/api/v2/imports/{id}/pause": () => givenImport({ orders: manyOrders, status: "running", start: true }),
  "/api/v2/imports/{id}/resume": () => givenImport({ orders: manyOrders, status: "running", start: true }),
  "/api/v2/imports/{id}": () => givenImport({ orders: 2, status: "ready" }),
  "/api/v2/tasks/{id}": async () => ({
    id: await site.db.transaction((tx) => givenTask(tx, { cause: randomUUID() })),
  }),
  "/api/v2/batches/{id}": async () => {
    const [draft] = exampleOf(operation("placeBatch").body ?? {}) as [object];
    const body = [{ ...draft, external_reference: randomUUID() }];
    const answer = await server.send("POST", "/api/v2/orders/batch", { body });
    return { id: read<{ batch_id: string }>(answer).batch_id };
  },
  "/api/v2/jobs/{id}": async () => ({
    id: await site.db.transaction((tx) => givenFailedJob(tx, "made-up", {})),
  }),
};

/** The ids of a path's last parameter: those of the collection that it stands in, where one is made if need be. */
async function idFrom(path: string, ids: Ids): Promise<Ids> {
  const [, collection = "", name = ""] = /^(.*)\/\{(\w+)\}[^{]*$/.exec(path) ?? [];
  const list = operations.find((one) => one.path === collection && one.method === "GET");
  assert.ok(list, `Nothing lists what ${path} shows: the test needs a starter for it.`);
  const make = operations.find((one) => one.path === collection && one.method === "POST");
  if (make) await send(make, requestOf(make, ids));
  let found: Record<string, string | number> | undefined;
  await eventually(`${collection} has something`, async () => {
    const answer = await server.send("GET", requestOf({ ...list, parameters: [] }, ids).path);
    [found] = read<{ data: Record<string, string | number>[] }>(answer).data;
    return found !== undefined;
  });
  return { ...ids, [name]: found?.[name] ?? found?.id ?? "" };
}

async function idsFor({ id, path }: Described): Promise<Ids> {
  const [, start] = Object.entries(starterOfPath).find(([beginning]) => path.startsWith(beginning)) ?? [];
  if (start) return start();
  const ids = await (starters[id] ?? givenOrder)();
  const isKnown = /^[^{]*\/orders?\/\{(order_)?id\}[^{]*$/.test(path) || !path.includes("{");
  return isKnown ? ids : idFrom(path, ids);
}

async function ask(described: Described, ground?: Ground): Promise<Answered> {
  const known = ground ?? (await stage.groundOf(described)) ?? { ids: await idsFor(described) };
  const request = requestOf(described, known.ids);
  const isEndless = described.responses[200]?.content?.["text/event-stream"];
  return isEndless ? hearBeginning(server, request.path) : send(described, request, known);
}

function isSigned(parameters: Described["parameters"]): boolean {
  return parameters.some(({ name }) => name === "webhook-signature");
}

/** By the API key, or with the cookies of whoever the operation is for. */
async function send(described: Described, { path, body }: Example, ground?: Ground): Promise<Answered> {
  const by = described.takesKey ? server : (ground?.client ?? openStoreClient(server));
  const headers = { ...ground?.headers };
  if (described.method === "GET") return by.send("GET", path, { headers });
  const text = body === undefined ? undefined : JSON.stringify(body);
  return by.send(described.method, path, {
    ...(text === undefined ? {} : { body: text }),
    key: randomUUID(),
    headers: { ...headers, ...(isSigned(described.parameters) ? signedHeaders(text ?? "") : {}) },
  });
}

/** What stands in the path when nothing needs to be there. */
function anyIds({ path }: Described): Ids {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  return Object.fromEntries(names.map((name) => [name, name === "language" ? "en" : 1]));
}

/** Strangers are turned away before anything is read; at the sign-in itself that is no refusal of strangers. */
function asksWho({ id, responses }: Described): boolean {
  return "401" in responses && id !== "signIn";
}

/** What is the same for everybody, and may be kept by whatever stands between. */
function isPublic({ path }: Described): boolean {
  return path.startsWith("/api/store/products") || path.startsWith("/api/store/images");
}

describe("the examples of the API description", () => {
  test("all work, and are answered as it says", async (t) => {
    assert.ok(operations.length > 10);
    for (const described of operations) {
      await t.test(`${described.id}: ${described.method} ${described.path}`, async () => {
        const answer = await ask(described);
        assert.deepEqual(check(described, answer), []);
        assert.ok(answer.status < 400, `${answer.status} ${answer.text}`);
        assert.match(
          answer.headers.get("cache-control") ?? "",
          isPublic(described) ? /^public, / : /^private, no-store$/,
        );
        if (isPublic(described)) assert.equal(answer.headers.get("set-cookie"), null);
      });
    }
  });

  test("work for an order by its link alone, where they take one", async (t) => {
    const linked = operations.filter(({ parameters }) => parameters.some(({ name }) => name === "order-link"));
    assert.ok(linked.length > 2);
    for (const described of linked) {
      await t.test(described.id, async () => {
        const ground = await stage.linkedGround();
        const answer = await ask(described, ground);
        assert.deepEqual(check(described, answer), []);
        assert.equal(answer.status, 200, answer.text);
        const other = (await stage.linkedGround()).headers ?? {};
        const refused = await ask(described, { ...ground, headers: other });
        assert.deepEqual(check(described, refused), []);
        assert.equal(refused.status, 404, refused.text);
      });
    }
  });

  test("are refused as it says, without a key", async () => {
    const wrong: string[] = [];
    for (const described of operations.filter(asksWho)) {
      const { path } = requestOf(described, anyIds(described));
      const answer = await openStoreClient(server).send(described.method, path);
      if (answer.status !== 401) wrong.push(`${described.id} is open: ${answer.text}`);
      wrong.push(...check(described, answer));
    }
    assert.deepEqual(wrong, []);
  });

  test("are refused as it says, with a body of another kind", async () => {
    const user = await stage.signedIn();
    const wrong = async (described: Described): Promise<string[]> => {
      const client = "401" in described.responses ? user : openStoreClient(server);
      const by = described.takesKey ? server : client;
      const answer = await by.send(described.method, requestOf(described, anyIds(described)).path, { body: "[]" });
      const { status, text, headers } = answer;
      return [
        ...(status === 422 ? [] : [`${described.id} takes a list: ${text}`]),
        ...(headers.get("set-cookie") === null ? [] : [`${described.id} makes a shopper of a refusal`]),
        ...check(described, answer),
      ];
    };
    const taking = operations.filter(({ hasBody, parameters }) => hasBody && !isSigned(parameters));
    const found: string[] = [];
    for (const described of taking) found.push(...(await wrong(described)));
    assert.deepEqual(found, []);
  });

  test("would not pass when an answer is not as described", () => {
    const described = operation("getOrder");
    const answer = (status: number, headers: Record<string, string>, text: string) =>
      check(described, { status, headers: new Headers(headers), text });
    const json = { "content-type": "application/json; charset=utf-8", etag: '"x"' };
    const shown = JSON.stringify(exampleOf(described.responses[200]?.content?.["application/json"] ?? {}));
    assert.deepEqual(answer(200, json, shown), []);
    assert.match(
      answer(200, json, shown.replace('"number"', '"nummer"')).join(),
      /must have required property 'number'/,
    );
    assert.match(answer(200, { ...json, "content-type": "text/plain" }, shown).join(), /text\/plain is not described/);
    assert.match(answer(200, { "content-type": "application/json" }, shown).join(), /ETag is missing/);
    assert.match(answer(418, json, shown).join(), /418 is not described/);
    assert.match(answer(304, { etag: '"x"' }, shown).join(), /A body is not described/);
  });
});
