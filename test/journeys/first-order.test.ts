import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import { eventually } from "../support/eventually.ts";
import { type Answered, givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";

const path = "/api/v1/orders/";
const body = `{"customer_email":"tanaka@example.co.jp","customer_name":"田中太郎",
  "items":[{"product_name":"ノートPC","quantity":2,"unit_price":89800.0}],"currency":"JPY"}`;

interface OrderV1 {
  id: number;
  status: string;
  customer_name: string;
  items: { id: number; product_name: string; quantity: number }[];
}

interface Mail {
  id: number;
  kind: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}

interface FedEvent {
  id: string;
  type: string;
  subject: string;
  sequence: number;
  position: number;
  partitionkey: string;
  data: Record<string, unknown>;
}

function read<Shape>({ text }: Answered): Shape {
  return JSON.parse(text) as Shape;
}

let site: Site;
let server: ServingProcess;

async function placed(text = body): Promise<OrderV1> {
  const answer = await server.send("POST", path, { body: text });
  assert.equal(answer.status, 201, answer.text);
  return read(answer);
}

/** The mail of a kind that the order's customer got, once it is there. */
async function mailOf(orderId: number, kind: string): Promise<Mail> {
  let found: Mail | undefined;
  await eventually(`order ${orderId} has its mail ${kind}`, async () => {
    const { data } = read<{ data: Mail[] }>(await server.send("GET", `/api/v2/mails?order_id=${orderId}`));
    found = data.find((mail) => mail.kind === kind);
    return found !== undefined;
  });
  return read(await server.send("GET", `/api/v2/mails/${found?.id}`));
}

async function timelineOf(orderId: number): Promise<string[]> {
  const { data } = read<{ data: { sequence: number; type: string }[] }>(
    await server.send("GET", `/api/v2/orders/${orderId}/timeline`),
  );
  return data.map(({ sequence, type }) => `${sequence} ${type}`);
}

describe("orders over HTTP", () => {
  before(async () => {
    site = await givenSite();
    server = await startServing(site);
  });
  after(async () => {
    await untilDrained(site.db);
    await assertVerified(site.url);
    assert.equal(await server.stop(), 0);
  });

  describe("the first order", () => {
    let answer: Answered;
    let order: OrderV1;

    before(async () => {
      answer = await server.send("POST", path, { body, key: "first" });
      order = read(answer);
    });

    test("is paid when it is answered, exact and whole", () => {
      assert.equal(answer.status, 201, answer.text);
      assert.equal(order.status, "paid");
      assert.match(answer.text, /"total_amount":179600\.0,"currency":"JPY"/);
      assert.match(answer.text, /"customer_name":"田中太郎"/);
      assert.match(answer.text, /"items":\[\{"id":1,"product_name":"ノートPC","quantity":2,"unit_price":89800\.0\}\]/);
    });

    test("is answered byte for byte again for its key, also without the trailing slash", async () => {
      for (const address of [path, path.replace(/\/$/, "")]) {
        const again = await server.send("POST", address, { body, key: "first" });
        assert.equal(again.status, 201);
        assert.equal(again.text, answer.text);
        assert.equal(again.headers.get("idempotent-replayed"), "true");
      }
      const other = await server.send("POST", path, { body: body.replace("2,", "3,"), key: "first" });
      assert.equal(other.status, 422);
      assert.equal(read<{ code: string }>(other).code, "http.idempotency_key_reused");
    });

    test("is confirmed to its customer in Japanese", async () => {
      const mail = await mailOf(order.id, "order_confirmation");
      assert.equal(mail.to, "tanaka@example.co.jp");
      assert.match(mail.subject, /^ご注文を承りました/);
      for (const part of [mail.text, mail.html]) {
        assert.match(part, /田中太郎/);
        assert.match(part, /ノートPC/);
        assert.match(part, /179,600/);
      }
    });

    test("has five events on its timeline", async () => {
      await mailOf(order.id, "order_confirmation");
      assert.deepEqual(await timelineOf(order.id), [
        "1 OrderCreated",
        "2 PaymentInitiated",
        "3 PaymentProcessed",
        "4 OrderConfirmed",
        "5 NotificationSent",
      ]);
    });

    test("is told to subscribers in its order, and its payment is announced as no change of status", async () => {
      const { id: uid } = read<{ id: string }>(await server.send("GET", `/api/v2/orders/${order.id}`));
      let events: FedEvent[] = [];
      await eventually("the feed has the order's last event", async () => {
        const page = read<{ data: FedEvent[] }>(await server.send("GET", "/api/v2/events?after=0&limit=1000"));
        events = page.data.filter(({ subject }) => subject === uid);
        return events.some(({ type }) => type === "NotificationSent");
      });
      assert.deepEqual(
        events.map(({ sequence, type }) => `${sequence} ${type}`),
        ["1 OrderCreated", "2 PaymentInitiated", "3 PaymentProcessed", "4 OrderConfirmed", "5 NotificationSent"],
      );
      const positions = events.map(({ position }) => position);
      assert.deepEqual(
        positions,
        positions.toSorted((one, next) => one - next),
      );
      assert.equal(new Set(events.map(({ id }) => id)).size, events.length);
      assert.ok(events.every(({ partitionkey }) => partitionkey === uid));
    });

    test("is found by its id, its number and its UUID, and by v1", async () => {
      const byId = await server.send("GET", `/api/v2/orders/${order.id}`);
      const { id, number } = read<{ id: string; number: string }>(byId);
      assert.match(byId.text, /"total_amount":179600,/);
      assert.match(number, /^ORD-\d{8}$/);
      assert.equal((await server.send("GET", `/api/v2/orders/${number}`)).text, byId.text);
      assert.equal((await server.send("GET", `/api/v2/orders/${id}`)).text, byId.text);
      assert.equal((await server.send("GET", `${path}${order.id}`)).text, answer.text);
      assert.equal((await server.send("GET", `${path}${order.id}/`)).text, answer.text);
    });
  });

  describe("v1", () => {
    test("lists orders newest first, a page at a time", async () => {
      const first = await placed();
      const second = await placed();
      const page = await server.send("GET", `${path}?skip=0&limit=2`);
      assert.deepEqual(
        read<OrderV1[]>(page).map(({ id }) => id),
        [second.id, first.id],
      );
      assert.ok(Number(page.headers.get("x-total-count")) >= 2);
      assert.match(page.headers.get("link") ?? "", /rel="next"/);
    });

    test("ships an order once, with its mail, and then cancels it no more", async () => {
      const { id } = await placed();
      const shipped = await server.send("PUT", `${path}${id}/status`, { body: { status: "SHIPPED" }, key: "ship" });
      assert.equal(shipped.status, 200, shipped.text);
      assert.equal(read<OrderV1>(shipped).status, "shipped");
      const again = await server.send("PUT", `${path}${id}/status`, { body: { status: "SHIPPED" }, key: "ship" });
      assert.equal(again.text, shipped.text);
      assert.match((await mailOf(id, "order_shipped")).text, /田中太郎/);

      const cancel = await server.send("DELETE", `${path}${id}`);
      assert.equal(cancel.status, 409, cancel.text);
      assert.equal(read<{ code: string }>(cancel).code, "order.cannot_move");
      const delivered = await server.send("PUT", `${path}${id}/status/`, { body: { status: "delivered" } });
      assert.equal(read<OrderV1>(delivered).status, "delivered");
      await untilDrained(site.db);
      assert.deepEqual((await timelineOf(id)).filter((event) => event.endsWith("OrderCompleted")).length, 1);

      const { id: uid } = read<{ id: string }>(await server.send("GET", `/api/v2/orders/${id}`));
      type Move = FedEvent & { data: { previousStatus: string; newStatus: string } };
      const feed = read<{ data: Move[] }>(await server.send("GET", "/api/v2/events?after=0&limit=1000")).data;
      const moves = feed.filter(({ subject, type }) => subject === uid && type === "OrderStatusChanged");
      assert.deepEqual(
        moves.map(({ data }) => `${data.previousStatus} to ${data.newStatus}`),
        ["CONFIRMED to FULFILLING", "FULFILLING to COMPLETED"],
      );
    });

    test("cancels a paid order once, gives the money back and tells the customer", async () => {
      const { id } = await placed();
      const cancelled = await server.send("DELETE", `${path}${id}`);
      assert.equal(cancelled.status, 200, cancelled.text);
      assert.equal(read<OrderV1>(cancelled).status, "cancelled");
      assert.equal((await server.send("DELETE", `${path}${id}/`)).status, 200);
      assert.match((await mailOf(id, "order_cancelled")).text, /田中太郎/);
      await untilDrained(site.db);
      const order = await server.send("GET", `/api/v2/orders/${id}`);
      assert.match(order.text, /"captured_amount":179600,"refunding_amount":0,"refunded_amount":179600,/);
      const refunds = (await timelineOf(id)).filter((event) => event.endsWith("RefundProcessed"));
      assert.equal(refunds.length, 1);
      const books = await server.send("GET", `/api/v1/payments/order/${id}`);
      assert.equal(read<{ refunds: object[] }>(books).refunds.length, 1);
    });

    test("adds up exactly in every currency", async () => {
      const totals: [string, string, number, string][] = [
        ["USD", "0.1", 3, "0.3"],
        ["KWD", "1.234", 1, "1.234"],
        ["JPY", "89800.0", 2, "179600.0"],
        ["JPY", "0", 1, "0.0"],
        ["JPY", "999999999", 1_000_000, "999999999000000.0"],
      ];
      for (const [currency, price, quantity, total] of totals) {
        const items = `[{"product_name":"Tea","quantity":${quantity},"unit_price":${price}}]`;
        const text = `{"customer_email":"ann@example.com","customer_name":"Ann","items":${items},"currency":"${currency}"}`;
        const answer = await server.send("POST", path, { body: text });
        assert.equal(answer.status, 201, answer.text);
        assert.equal(/"total_amount":([^,]+),/.exec(answer.text)?.[1], total, `${quantity} x ${price} ${currency}`);
        assert.match(answer.text, /"status":"paid"/);
      }
    });
  });
});
