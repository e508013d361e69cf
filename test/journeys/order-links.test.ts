import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import { writeOrderLink } from "../../src/orders/link.ts";
import { ask } from "../support/ask.ts";
import { changingNothing } from "../support/changing-nothing.ts";
import { anyOrderId, countOrdersFromAfar } from "../support/far-order-ids.ts";
import { givenUser, signIn, tokenFrom } from "../support/given-user.ts";
import { codeOf } from "../support/hear-answers.ts";
import { linkInLetter } from "../support/link-in-letter.ts";
import {
  type Answered,
  givenSite,
  type ServingProcess,
  type Site,
  startServing,
  startWorking,
} from "../support/serve.ts";
import {
  add,
  type GivenProduct,
  givenProduct,
  onPage,
  openStoreClient,
  orderOf,
  type ShownOrder,
  type StoreClient,
  someBilling,
} from "../support/store-client.ts";

const secret = "a secret of these tests, long enough for anybody";
const hourMs = 3_600_000;

/** Whoever bought what a test is about. */
const guest = { ...someBilling, name: "Hanako Tanaka", email: "hanako@example.co.jp" };
const marks = /Hanako|hanako|Marunouchi/;

let site: Site;
let server: ServingProcess;
let tea: GivenProduct;
/** An order that was paid, and what stands behind `#key=` in the letter about it. */
let paid: ShownOrder;
let letterLink: string;
/** Somebody who is signed in, and somebody else whose address is the one that orders here were made with. */
let user: StoreClient;
let namesake: StoreClient;

/** Letters are sent to begin with; afterwards no job runs, so that nothing changes by itself. */
before(async () => {
  site = await givenSite();
  await countOrdersFromAfar(site.db);
  server = await startServing(site, { AUTH_SECRET: secret, SERVE_JOBS: "elsewhere" });
  const worker = await startWorking(site, { AUTH_SECRET: secret });
  tea = await givenProduct(server);
  user = visitor();
  await signIn(user, await givenUser(site.db, server));
  namesake = await givenNamesake();
  paid = await buy(visitor());
  assert.equal((await onPage(server, paid)).status, 200);
  letterLink = await linkInLetter(site.db, paid);
  await worker.stop();
});

async function givenNamesake(): Promise<StoreClient> {
  const client = visitor();
  const account = { email: guest.email, password: "correct horse battery staple" };
  await client.ask("POST", "/api/store/auth/sign-up", { name: "Somebody", ...account });
  await client.ask("POST", "/api/store/auth/verify-email", { token: await tokenFrom(site.db, guest.email) });
  await client.ask("POST", "/api/store/auth/sign-in", account);
  return client;
}

const visitor = (cookies = new Map<string, string>()) => openStoreClient(server, cookies);

async function buy(client: StoreClient, billing: object = guest): Promise<ShownOrder> {
  const cart = await add(client, tea.priceId);
  return client.ask<ShownOrder>("POST", "/api/store/checkout", orderOf(cart, { billing }));
}

function linkTo({ id }: { id: string }, endsInMs = hourMs, by = secret): string {
  return writeOrderLink(id, new Date(Date.now() + endsInMs), by);
}

/** Everything that can be done with an order, with a link to it. */
function tryAll(client: StoreClient, { id }: { id: string }, link: string): Promise<Answered[]> {
  const headers = { "order-link": link };
  const path = `/api/store/orders/${id}`;
  return Promise.all([
    client.send("GET", path, { headers }),
    client.send("POST", `${path}/pay`, { headers, body: {} }),
    client.send("POST", `${path}/return`, { headers }),
  ]);
}

describe("the link of a letter", () => {
  test("opens its order for whoever has it, on any device, and is no cookie", async () => {
    const finder = visitor();
    const [shown, , returned] = await tryAll(finder, paid, letterLink);
    for (const answer of [shown, returned]) assert.equal(answer?.status, 200, answer?.text);
    const { status, details } = JSON.parse(shown?.text ?? "") as ShownOrder;
    assert.deepEqual([status, details.billing.email], ["paid", guest.email]);
    assert.equal(finder.cookies.size, 0);
    assert.equal((await finder.send("GET", `/api/store/orders/${paid.id}`)).status, 404);
  });

  test("has an order that is not paid yet be paid", async () => {
    const order = await buy(visitor());
    const [, paying] = await tryAll(visitor(), order, linkTo(order));
    assert.equal((JSON.parse(paying?.text ?? "") as ShownOrder).payment?.url, order.payment?.url);
  });

  test("opens it beside the cookie of somebody else, who gets nothing else by it", async () => {
    const [order, stranger] = [await buy(visitor()), visitor()];
    const own = await buy(stranger, { ...guest, email: "stranger@example.com", name: "A Stranger" });
    for (const answer of await tryAll(stranger, order, linkTo(order))) assert.equal(answer.status, 200, answer.text);
    const headers = { "order-link": linkTo(order) };
    const list = await stranger.send("GET", "/api/store/orders", { headers });
    assert.deepEqual(
      (JSON.parse(list.text) as { data: ShownOrder[] }).data.map(({ id }) => id),
      [own.id],
    );
    assert.equal((await stranger.send("GET", `/api/store/orders/${order.id}`)).status, 404);
  });

  test("opens nothing else", async () => {
    const order = await buy(visitor());
    const headers = { "order-link": linkTo(order) };
    for (const path of ["/api/store/orders", "/api/store/cart", "/api/store/carts", "/api/store/customers"]) {
      assert.doesNotMatch((await visitor().send("GET", path, { headers })).text, marks);
    }
    const body = orderOf({ cart_id: String(order.details.cart_id), total_amount: order.total_amount }, {});
    assert.equal((await visitor().send("POST", "/api/store/checkout", { headers, body })).status, 404);
  });

  test("that is over has no answer given again that was kept while it was not", async () => {
    const order = await buy(visitor());
    const holder = visitor();
    await add(holder, tea.priceId);
    const path = `/api/store/orders/${order.id}/return`;
    const key = randomUUID();
    assert.equal((await holder.send("POST", path, { key, headers: { "order-link": linkTo(order) } })).status, 200);
    for (const headers of [{}, { "order-link": linkTo(order, -1000) }]) {
      const late = await holder.send("POST", path, { key, headers });
      assert.deepEqual([late.status, marks.test(late.text)], [404, false]);
    }
  });
});

/** The same text with another character at a place, such that what it stands for is another one, too. */
function changedAt(text: string, at: number): string {
  const old = text[at] ?? "";
  const other = /\d/.test(old) ? String((Number(old) + 1) % 10) : old === "A" ? "Q" : "A";
  return text.slice(0, at) + (other === old ? "x" : other) + text.slice(at + 1);
}

describe("a link that is not right", () => {
  let order: ShownOrder;
  let another: ShownOrder;
  let owner: StoreClient;
  before(async () => {
    owner = visitor();
    order = await buy(owner);
    another = await buy(visitor());
  });

  function wrongLinks(): Record<string, string> {
    const right = linkTo(order);
    const [expires = "", signature = ""] = right.split(".");
    return {
      empty: "",
      nonsense: "x",
      "over for a second": linkTo(order, -1000),
      "over for years": linkTo(order, -100_000 * hourMs),
      "of another order": linkTo(another),
      "of another secret": linkTo(order, hourMs, "another secret, as long as this one is"),
      "moved to later": `${Number(expires) + 3600}.${signature}`,
      "without a signature": `${expires}.`,
      "signature alone": signature,
      "cut short": right.slice(0, -1),
      "longer by one": `${right}A`,
      "in quotes": `"${right}"`,
    };
  }

  test("opens nothing, whoever brings it, not even for the order's owner, and changes nothing", async () => {
    const stranger = visitor();
    await add(stranger, tea.priceId);
    await changingNothing(site.db, async () => {
      for (const [what, link] of Object.entries(wrongLinks())) {
        for (const client of [visitor(), stranger, user, visitor(new Map(owner.cookies))]) {
          for (const answer of await tryAll(client, order, link)) {
            assert.deepEqual([answer.status, codeOf(answer)], [404, "order.link_invalid"], `${what}: ${answer.text}`);
          }
        }
      }
    });
  });

  test("is every one that differs from a right one by a character", async () => {
    const right = linkTo(order);
    const path = `/api/store/orders/${order.id}`;
    // The last of them has two bits more than the signature.
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const endings = [...letters].map((letter) => right.slice(0, -1) + letter).filter((link) => link !== right);
    for (const link of [...Array.from(right, (_, at) => changedAt(right, at)), ...endings]) {
      const { status } = await visitor().send("GET", path, { headers: { "order-link": link } });
      assert.equal(status, 404, `${link} for ${right}`);
    }
    assert.equal((await visitor().send("GET", path, { headers: { "order-link": right } })).status, 200);
  });

  test("is one that stands elsewhere than once in its header", async () => {
    const link = linkTo(order);
    const path = `/api/store/orders/${order.id}`;
    for (const asked of [
      visitor().send("GET", `${path}?key=${link}`),
      visitor().send("GET", `${path}?order-link=${link}`),
      visitor().send("GET", path, { headers: { "order-link": `${link}, ${link}` } }),
      visitor().send("GET", path, { headers: { cookie: `order-link=${link}` } }),
      visitor().send("GET", path, { headers: { authorization: `Bearer ${link}` } }),
      visitor().send("POST", `${path}/pay`, { body: { order_link: link } }),
    ]) {
      const { status, text } = await asked;
      assert.ok([404, 422].includes(status) && !marks.test(text), text);
    }
  });

  test("sounds the same for an order that is there as for one that is not", async () => {
    const bare = ({ status, text }: Answered, id: string) => {
      const { request_id: _, ...problem } = JSON.parse(text) as Record<string, unknown>;
      return JSON.stringify({ status, ...problem }).replaceAll(id, "…");
    };
    const made = { id: randomUUID() };
    const [there, absent] = [await tryAll(visitor(), order, "x"), await tryAll(visitor(), made, "x")];
    assert.deepEqual(
      there.map((answer) => bare(answer, order.id)),
      absent.map((answer) => bare(answer, made.id)),
    );
  });
});

describe("an e-mail address and an order's number", () => {
  test("open nothing, not even for a user who has the address", async () => {
    const order = await buy(visitor());
    const [row] = await ask<{ orderId: bigint }>(site.db, "select order_id from orders.orders where uid = $1::uuid", [
      order.id,
    ]);
    const query = `email=${guest.email}&customer_email=${guest.email}&number=${order.number}`;
    const names = [order.id, order.number, order.number.toLowerCase(), String(row?.orderId), guest.email];
    for (const client of [visitor(), namesake]) {
      const answers = await Promise.all([
        client.send("GET", `/api/store/orders?${query}`),
        client.send("GET", `/api/store/orders?q=${order.number}`),
        client.send("GET", "/api/store/orders"),
        client.send("GET", "/api/store/customers"),
        client.send("GET", "/api/store/carts"),
        ...names.flatMap((name) => [
          client.send("GET", `/api/store/orders/${name}`),
          client.send("GET", `/api/store/orders/${name}?${query}`),
          client.send("GET", `/api/store/carts/${name}`),
          client.send("GET", `/api/store/customers/${name}`),
          client.send("GET", `/orders/${name}`),
          client.send("POST", `/api/store/orders/${name}/pay`, { body: { email: guest.email, number: order.number } }),
          client.send("POST", `/api/store/orders/${name}/pay`, { body: {} }),
          client.send("POST", `/api/store/orders/${name}/return`),
          client.send("GET", `/api/v1/orders/${name}`),
          client.send("GET", `/api/v2/orders/${name}`),
        ]),
      ]);
      for (const { text } of answers) assert.ok(!marks.test(text) || text.includes(`/${guest.email}`), text);
      const orders = answers.filter(({ status, text }) => status < 300 && text.includes(order.id));
      assert.deepEqual(orders, []);
    }
  });
});

describe("whatever a shopper is shown of orders", () => {
  test("does not tell how many there are, nor what the next one is called", async () => {
    const client = visitor();
    const orders = [await buy(client), await buy(client), await buy(client)];
    const [order] = orders as [ShownOrder];
    const session = `/api/v1/payments/sessions/${order.payment?.session_id}`;
    const shown = [
      ...(await tryAll(client, order, linkTo(order))),
      await client.send("GET", "/api/store/orders"),
      await client.send("GET", `/api/store/carts/${order.details.cart_id}`),
      await client.send("GET", "/api/store/customers"),
      await client.send("GET", `/orders/${order.id}`),
      await client.send("GET", order.payment?.url ?? ""),
      await client.send("GET", session),
      await onPage(server, order),
    ];
    const letters = await ask(site.db, "select * from notifications.mails where recipient = $1", [guest.email]);
    const [{ orderId } = { orderId: 0n }] = await ask<{ orderId: bigint }>(
      site.db,
      "select order_id from orders.orders where uid = $1::uuid",
      [order.id],
    );
    assert.match(String(orderId), anyOrderId);
    for (const { status, headers, text } of shown) {
      assert.ok(status < 400, text);
      assert.doesNotMatch(text + JSON.stringify([...headers]), anyOrderId);
    }
    assert.ok(letters.length >= 2, "a letter about the account, and one about an order");
    for (const { subject, textBody, htmlBody, ...rest } of letters) {
      assert.doesNotMatch(`${subject} ${textBody} ${htmlBody} ${rest.messageId}`, anyOrderId);
    }
    const numbers = orders.map(({ number }) => Number(number.replace("ORD-", "")));
    const steps = numbers.slice(1).map((number, at) => Math.abs(number - (numbers[at] ?? 0)));
    assert.ok(
      steps.every((step) => step > 1000),
      `${numbers}`,
    );
  });
});
