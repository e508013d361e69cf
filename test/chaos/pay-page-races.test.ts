import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../support/ask.ts";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import { chaosSeed, randomFrom } from "../support/random.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";
import { tellServer } from "../support/signed-webhook.ts";
import {
  type GivenProduct,
  givenCheckout,
  givenProduct,
  onPage,
  openStoreClient,
  type ShownOrder,
  type StoreClient,
} from "../support/store-client.ts";

const long = process.env.CHAOS === "long";
const seeds = long ? 1000 : 40;
const lanes = 4;
const longestDelayMs = 12; // About as long as a settlement takes: each pair of paths meets at each of its steps.

let site: Site;
let server: ServingProcess;
let tea: GivenProduct;

before(async () => {
  site = await givenSite();
  server = await startServing(site);
  tea = await givenProduct(server);
});
after(() => server.kill());

interface Told {
  readonly orderId: bigint;
  readonly paymentId: string;
}

/** The payment's own name, once the page made it. */
async function paymentOf(order: ShownOrder): Promise<Told | undefined> {
  const [told] = await ask<Told>(
    site.db,
    `select order_id, payment_id from payments.sandbox_payments join orders.orders using (order_id) where uid = $1::uuid`,
    [order.id],
  );
  return told;
}

/** A second webhook of the same payment under another id, as gateways send. */
async function tellAgain(order: ShownOrder, webhookId: string): Promise<void> {
  const told = await paymentOf(order);
  if (told) await tellServer(server, { ...told, webhookId, status: "succeeded", amount: "1296", currency: "JPY" });
}

/** Whoever may hear of a payment does, at moments that the dice choose. */
async function race(seed: number, client: StoreClient, order: ShownOrder): Promise<void> {
  const dice = randomFrom(seed);
  const soon = <Result>(work: () => Promise<Result>) => sleep(dice() * longestDelayMs).then(work);
  const back = () => client.send("POST", `/api/store/orders/${order.id}/return`);
  const pay = () => client.send("POST", `/api/store/orders/${order.id}/pay`, { body: {} });
  const lookNow = () =>
    ask(
      site.db,
      `update payments.payment_attempts set check_at = now() - interval '1 second'
        where check_at is not null and order_id = (select order_id from orders.orders where uid = $1::uuid)`,
      [order.id],
    );
  await Promise.all([
    soon(() => onPage(server, order)),
    soon(() => onPage(server, order)),
    soon(back),
    soon(back),
    soon(pay),
    soon(lookNow),
    soon(() => tellAgain(order, `msg_again_${seed}`)),
  ]);
}

interface Books {
  readonly status: string;
  readonly captures: bigint;
  readonly charges: bigint;
  readonly refunds: bigint;
  readonly confirmations: bigint;
  readonly mails: bigint;
}

async function booksOf({ id }: ShownOrder): Promise<Books | undefined> {
  const [books] = await ask<Books>(
    site.db,
    `select status,
            (select count(*) from payments.money_entries as e where e.order_id = held.order_id) as captures,
            (select count(*) from payments.sandbox_payments as p where p.order_id = held.order_id) as charges,
            (select count(*) from payments.refunds as r where r.order_id = held.order_id) as refunds,
            (select count(*) from events.events as e
              where e.stream_kind = 'order' and e.stream_id = held.order_id and e.type = 'OrderConfirmed') as confirmations,
            (select count(*) from notifications.mails as m where m.order_id = held.order_id) as mails
       from orders.orders as held where uid = $1::uuid`,
    [id],
  );
  return books;
}

const paidOnce: Books = { status: "paid", captures: 1n, charges: 1n, refunds: 0n, confirmations: 1n, mails: 1n };

describe(`return, webhook, reconciler and a second click (CHAOS_SEED=${chaosSeed})`, () => {
  test(`pay an order once, whoever is first (${seeds} seeds)`, async () => {
    const orders: ShownOrder[] = [];
    let next = 0;
    const lane = async () => {
      while (next < seeds) {
        const seed = chaosSeed + next;
        next += 1;
        const client = openStoreClient(server);
        const order = await givenCheckout(client, tea.priceId);
        orders.push(order);
        await race(seed, client, order);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    await untilDrained(site.db);
    const wrong = [];
    for (const [index, order] of orders.entries()) {
      const books = await booksOf(order);
      if (JSON.stringify(books, textOf) !== JSON.stringify(paidOnce, textOf)) wrong.push({ index, books });
    }
    assert.deepEqual(wrong, []);
    await assertVerified(site.url);
  });
});

function textOf(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
