import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../support/ask.ts";
import { assertPaidOnce, assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { insist, type Node, orderIdOf, ordersPath, orderWish } from "../support/insist.ts";
import { chaosSeed, randomFrom } from "../support/random.ts";
import {
  givenSite,
  type ServingProcess,
  type Site,
  type StartedProcess,
  startServing,
  startWorking,
} from "../support/serve.ts";

const clients = 8;
const cancelledEvery = 5; // Of a client's orders, so many to one that is cancelled.
const faultsMs = process.env.CHAOS === "long" ? 240_000 : 15_000;
const betweenFaultsMs = { least: 200, more: 1_200 };
const thinkMs = 40; // Clients that never pause only make the same faults hit more of the same.
const asleepMs = 2_500; // More than twice the lease of these processes.

/** A place where a process runs, dies and is started again. */
interface Slot<Kind extends StartedProcess> {
  /** The process that is there now; undefined while it is started. */
  now: Kind | undefined;
  start(): Promise<Kind>;
}

interface Placed {
  readonly key: string;
  readonly text: string;
  readonly orderId: bigint;
  readonly cancelled: boolean;
}

/** Ends and starts the processes of slots. */
async function replace<Kind extends StartedProcess>(slot: Slot<Kind>, end: (old: Kind) => Promise<unknown>) {
  const old = slot.now;
  slot.now = undefined;
  if (old) await end(old);
  slot.now = await slot.start();
}

const faults = {
  kill: (slot: Slot<StartedProcess>) => replace(slot, (old) => old.kill()),
  stop: (slot: Slot<StartedProcess>) =>
    replace(slot, async (old) => assert.equal(await old.stop(), 0, `ends with 0:\n${old.log()}`)),
  /** Others take over what it had; then it wakes and must notice. */
  async sleep({ now }: Slot<StartedProcess>) {
    now?.signal("SIGSTOP");
    await sleep(asleepMs);
    now?.signal("SIGCONT");
  },
} as const;

/** Kills twice as often as anything else. */
const repertoire = ["kill", "kill", "stop", "sleep"] as const;

describe(`two servers and two workers on one database (CHAOS_SEED=${chaosSeed})`, () => {
  let site: Site;
  let serving: Slot<ServingProcess>[];
  let slots: Slot<StartedProcess>[];

  before(async () => {
    site = await givenSite();
    const serve = () => startServing(site, { SERVE_JOBS: "elsewhere", DATABASE_CONNECTIONS: "4" });
    const work = () => startWorking(site, { DATABASE_CONNECTIONS: "4" });
    serving = [0, 1].map(() => ({ now: undefined, start: serve }));
    slots = [...serving, ...[0, 1].map((): Slot<StartedProcess> => ({ now: undefined, start: work }))];
    await Promise.all(slots.map((slot) => replace(slot, () => Promise.resolve())));
  });
  after(() => Promise.all(slots.map(({ now }) => now?.kill())));

  /** Any of the servers that are there. */
  function chooser(random: () => number): () => Node | undefined {
    return () => {
      const there = serving.flatMap(({ now }) => now ?? []);
      return there[Math.floor(random() * there.length)];
    };
  }

  async function placeOne(key: string, wantsCancelled: boolean, choose: () => Node | undefined): Promise<Placed> {
    const answer = await insist(orderWish(key), choose);
    const orderId = orderIdOf(answer);
    // A node that slept while the gateway answered does not know the outcome; it is settled later, and until then kept.
    const status = /"status":"(paid|payment_processing)"/.exec(answer.text)?.[1];
    assert.ok(status, answer.text);
    const cancelled = wantsCancelled && status === "paid";
    if (cancelled) {
      const path = `${ordersPath}${orderId}`;
      await insist({ method: "DELETE", path, key: `${key}-cancel`, status: 200 }, choose);
    }
    return { key, text: answer.text, orderId, cancelled };
  }

  async function client(name: number, ended: AbortSignal): Promise<Placed[]> {
    const random = randomFrom(chaosSeed + name);
    const placed: Placed[] = [];
    while (!ended.aborted) {
      const cancelled = placed.length % cancelledEvery === cancelledEvery - 1;
      placed.push(await placeOne(`client-${name}-${placed.length}`, cancelled, chooser(random)));
      await sleep(random() * thinkMs);
    }
    return placed;
  }

  /** Lets faults happen to one slot after the other or to several at once; never to one slot twice at a time. */
  async function disturb(): Promise<number> {
    const random = randomFrom(chaosSeed);
    const until = performance.now() + faultsMs;
    const underWay = new Map<Slot<StartedProcess>, Promise<void>>();
    let happened = 0;
    while (performance.now() < until) {
      await sleep(betweenFaultsMs.least + random() * betweenFaultsMs.more);
      const slot = slots[Math.floor(random() * slots.length)] as Slot<StartedProcess>;
      const fault = repertoire[Math.floor(random() * repertoire.length)] as keyof typeof faults;
      if (underWay.has(slot)) continue;
      happened += 1;
      underWay.set(
        slot,
        faults[fault](slot).finally(() => underWay.delete(slot)),
      );
    }
    await Promise.all(underWay.values());
    return happened;
  }

  test("killed, stopped and put to sleep at random lose, double and forget nothing", async () => {
    const ended = new AbortController();
    const working = Promise.all(Array.from({ length: clients }, (_, name) => client(name, ended.signal)));
    const happened = await Promise.race([
      disturb(),
      working.then(() => assert.fail("The clients stopped by themselves.")),
    ]).finally(() => ended.abort());
    const placed = (await working).flat();
    assert.ok(happened > 5, `${happened} faults`);

    await untilDrained(site.db);
    const kept = new Set(placed.filter(({ cancelled }) => !cancelled).map(({ orderId }) => orderId));
    const books = await readBooks(site.db);
    assert.equal(books.length, placed.length, "each key has one order");
    for (const one of books) if (kept.delete(one.orderId)) assertPaidOnce(one);
    assert.deepEqual([...kept], [], "what was acknowledged is there");
    await assertCancelledOnce(placed.filter(({ cancelled }) => cancelled).map(({ orderId }) => orderId));
    for (const { key, text } of placed.slice(-clients)) {
      for (const { now } of serving) assert.equal((await insist(orderWish(key), () => now)).text, text);
    }
    await assertVerified(site.url);
  });

  /** Money went back once, and the customer was told once, of all cancelled orders and no others. */
  async function assertCancelledOnce(orderIds: readonly bigint[]): Promise<void> {
    const left = await ask<{ orderId: bigint; once: boolean }>(
      site.db,
      `select order_id,
              captured_minor = 30 and refunded_minor = 30 and refunding_minor = 0
              and (select count(*) from payments.sandbox_payments as s where s.order_id = o.order_id) = 1
              and (select count(*) from payments.sandbox_refunds as s where s.order_id = o.order_id) = 1
              and (select count(*) from notifications.mails as m
                    where m.order_id = o.order_id and m.kind = 'order_cancelled') = 1 as once
         from orders.orders as o
        where status = 'cancelled'
        order by order_id`,
    );
    const expected = [...orderIds].sort((one, other) => Number(one - other));
    assert.deepEqual(
      left,
      expected.map((orderId) => ({ orderId, once: true })),
    );
  }

  test("replaced one after the other by SIGTERM answer every request that they took", async () => {
    const ended = new AbortController();
    const stopping = new Set<Node>();
    const placed: string[] = [];
    const loads = Array.from({ length: clients }, async (_, name) => {
      const random = randomFrom(chaosSeed + clients + name);
      for (let turn = 0; !ended.signal.aborted; turn += 1) {
        const node = chooser(random)() as ServingProcess;
        const { body } = orderWish(`rolling-${name}-${turn}`);
        const answer = await node.send("POST", ordersPath, { body }).catch(() => undefined);
        // No key, no second try: only who was about to go may not have taken it.
        if (answer) assert.equal(answer.status, 201, answer.text);
        else assert.ok(stopping.has(node), "a node that stays takes everything");
        if (answer) placed.push(answer.text);
        await sleep(random() * thinkMs);
      }
    });
    for (const slot of slots) {
      const old = slot.now as StartedProcess;
      // The new one takes requests before the old one goes, as a rolling update has it.
      const heir = await slot.start();
      slot.now = heir;
      stopping.add(old as ServingProcess);
      assert.equal(await old.stop(), 0, old.log());
    }
    ended.abort();
    await Promise.all(loads);
    assert.ok(placed.length > 0);
    await untilDrained(site.db);
    const ids = new Set((await readBooks(site.db)).filter(({ status }) => status === "paid").map((one) => one.orderId));
    for (const text of placed) assert.ok(ids.has(orderIdOf({ text })), text);
    await assertVerified(site.url);
  });
});
