import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createApiKey } from "../../src/identity/index.ts";
import { ask } from "../support/ask.ts";
import { chaosSeed, randomFrom } from "../support/random.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";

const callers = 64;
const turns = 3;
const longestPatienceMs = 30;

interface Caller {
  readonly marker: string;
  readonly secret: string;
}

let site: Site;
let server: ServingProcess;
let people: Caller[];
let givenUp = 0;

/** Keys of their own for as many callers; each has a mark that is in everything it sends. */
async function givenCallers(): Promise<Caller[]> {
  const by = { actor: "test", name: "test", requestId: null };
  const scopes = ["orders:read", "orders:write"] as const;
  return site.db.transaction(async (tx) => {
    const made: Caller[] = [];
    for (let index = 0; index < callers; index += 1) {
      const marker = `marker-${String(index).padStart(3, "0")}-x`;
      made.push({
        marker,
        secret: (await createApiKey(tx, { name: marker, scopes: [...scopes], by }, new Date())).secret,
      });
    }
    return made;
  });
}

function bodyOf({ marker }: Caller, turn: number): string {
  return JSON.stringify({
    customer_email: `${marker}@example.com`,
    customer_name: `${marker} ${turn}`,
    items: [{ product_name: marker, quantity: 1 + turn, unit_price: 100 }],
    currency: "JPY",
  });
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Sends a request and gives up on it after a while: null then, and nobody knows how far it came. */
async function request(
  { secret }: Caller,
  path: string,
  init: RequestInit,
  patienceMs?: number,
): Promise<Answered | null> {
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json", ...init.headers };
  const signal = patienceMs === undefined ? undefined : AbortSignal.timeout(Math.ceil(patienceMs));
  try {
    const response = await fetch(`${server.address}${path}`, { ...init, headers, ...(signal ? { signal } : {}) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    if (!signal?.aborted) throw error;
    givenUp += 1;
    return null;
  }
}

/** Every mark in a text that is not this caller's. */
function strangersIn(text: string, { marker }: Caller): string[] {
  return [...text.matchAll(/marker-\d{3}-x/g)].map(([found]) => found).filter((found) => found !== marker);
}

/** One caller's turns: everybody uses the same keys; a request that was given up is sent again until it is answered. */
async function takeTurns(caller: Caller, random: () => number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    const place = { method: "POST", body: bodyOf(caller, turn), headers: { "idempotency-key": `turn-${turn}` } };
    await request(caller, "/api/v1/orders/", place, random() * longestPatienceMs);
    let placed = await request(caller, "/api/v1/orders/", place);
    // The request that was given up may be under way still.
    while (placed?.status === 409) {
      await sleep(longestPatienceMs);
      placed = await request(caller, "/api/v1/orders/", place);
    }
    assert.equal(placed?.status, 201, placed?.text);
    const order = JSON.parse(placed?.text ?? "") as { id: number; customer_name: string };
    assert.equal(order.customer_name, `${caller.marker} ${turn}`);
    const paths = [`/api/v1/orders/${order.id}`, `/api/v2/orders/${order.id}`];
    const answers = await Promise.all([
      ...paths.map((path) => request(caller, path, {})),
      ...paths.map((path) => request(caller, path, {}, random() * longestPatienceMs)),
    ]);
    for (const answer of [placed, ...answers]) {
      if (answer !== null) assert.deepEqual(strangersIn(answer.text, caller), [], answer.text);
      if (answer !== null) assert.ok(answer.text.includes(caller.marker), answer.text);
    }
  }
}

describe(`${callers} callers who talk at once and hang up on the way`, () => {
  before(async () => {
    site = await givenSite();
    server = await startServing(site);
    people = await givenCallers();
  });
  after(async () => assert.equal(await server.stop(), 0));

  test("hear of their own orders alone, though all use the same idempotency keys", async (t) => {
    t.diagnostic(`CHAOS_SEED=${chaosSeed}`);
    await Promise.all(people.map((caller, index) => takeTurns(caller, randomFrom(chaosSeed + index))));
    t.diagnostic(`${givenUp} requests were given up.`);
    assert.ok(givenUp > callers, "many were given up");
    assert.doesNotMatch(server.log(), /"level":(50|60)/);
  });

  test("leave one order behind for each turn", async () => {
    const [{ orders } = { orders: 0n }] = await ask<{ orders: bigint }>(
      site.db,
      "select count(*) as orders from orders.orders",
    );
    assert.equal(Number(orders), callers * turns);
  });
});
