import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { givenIndexed, givenListed, type ListedWish, type Wish } from "../../test/support/given-listed.ts";
import { newOrder, noon } from "../../test/support/given-orders.ts";
import { randomFrom } from "../../test/support/random.ts";
import type { Db } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { listOrderPage } from "./list-orders.ts";
import { orderNumber } from "./number.ts";
import type { OrderItem } from "./order.ts";
import { type OrderFilterQuery, readOrderListing } from "./order-list-filter.ts";

type Query = Parameters<typeof readOrderListing>[0];
type Random = () => number;

const minuteMs = 60_000;
const seed = 20_261_123;
const count = 400;
const imports = [uuidV7(noon), uuidV7(noon)] as const;
const batches = [uuidV7(noon), uuidV7(noon)] as const;
const products = ["tea", "teapot", "coffee", "ノートPC", "ガラス", "mug"] as const;
const emails = ["ann@example.com", "Bob@Example.com", "rare@example.org"] as const;

function pickFrom(random: Random) {
  return <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
}

function item(random: Random): OrderItem {
  const pick = pickFrom(random);
  const unitPriceMinor = BigInt(Math.floor(random() * 12) * 50 + 50);
  return {
    ...(newOrder(1n).items[0] as OrderItem),
    sku: pick(["A-1", "B-2"]),
    productName: `${pick(products)} ${pick(products)}`,
    quantity: 1n,
    unitPriceMinor,
    lineTotalMinor: unitPriceMinor,
  };
}

/** Something of everything, with times and totals that many share. A reference stands once in each of two sources. */
function anyWish(random: Random, index: number): Wish {
  const pick = pickFrom(random);
  const from = pick(["import", "batch", "source", "none"]);
  const named = { source: index % 2 ? "shop" : "market", externalReference: `R-${index >> 1}` };
  return {
    status: pick(["pending", "paid", "paid", "paid", "shipped", "cancelled"]),
    createdAt: new Date(noon.getTime() + Math.floor(random() * 12) * minuteMs),
    customerEmail: random() < 0.05 ? emails[2] : pick(emails.slice(0, 2)),
    customerName: pick(["Ann", "Bob", "田中太郎"]),
    currency: random() < 0.04 ? "KWD" : pick(["USD", "JPY"]),
    items: [item(random)],
    origin: {
      ...(from === "none" ? {} : named),
      ...(from === "import"
        ? { importId: pick(imports), importRow: index + 1, csvSource: pick(["a.csv", "b.csv"]) }
        : {}),
      ...(from === "batch" ? { batchId: pick(batches) } : {}),
    },
  };
}

function totalOf({ wish }: ListedWish): bigint {
  return wish.items?.[0]?.lineTotalMinor ?? 0n;
}

/** The words of an order as a person would tell them apart. */
function hasWords({ orderId, wish }: ListedWish, q: string): boolean {
  const texts = [wish.customerName, wish.customerEmail, wish.items?.[0]?.sku, wish.items?.[0]?.productName];
  const told = [...texts, wish.origin?.externalReference, orderNumber(orderId)].join(" ").toLowerCase();
  return q
    .toLowerCase()
    .split(/[\s-]+/)
    .every((word) => told.split(/[\s@.-]+/).some((one) => one.startsWith(word)));
}

/** Whether an order is what a query asks for, each filter alone. */
const filters: {
  [Name in keyof OrderFilterQuery]-?: (order: ListedWish, asked: NonNullable<OrderFilterQuery[Name]>) => boolean;
} = {
  status: ({ wish }, asked) => asked.split(",").includes(wish.status ?? "pending"),
  created_from: ({ wish }, asked) => (wish.createdAt ?? noon) >= new Date(asked),
  created_to: ({ wish }, asked) => (wish.createdAt ?? noon) < new Date(asked),
  currency: ({ wish }, asked) => wish.currency === asked,
  amount_min: (order, asked) => totalOf(order) >= asked,
  amount_max: (order, asked) => totalOf(order) <= asked,
  email: ({ wish }, asked) => wish.customerEmail?.toLowerCase() === asked.toLowerCase(),
  import_id: ({ wish }, asked) => wish.origin?.importId === asked,
  batch_id: ({ wish }, asked) => wish.origin?.batchId === asked,
  source: ({ wish }, asked) => wish.origin?.source === asked,
  external_reference: ({ wish }, asked) => wish.origin?.externalReference === asked,
  csv_source: ({ wish }, asked) => wish.origin?.csvSource === asked,
  q: hasWords,
};

function expected(orders: readonly ListedWish[], { sort, direction, ...filter }: Query): bigint[] {
  const asked = Object.entries(filter).filter(([, value]) => value !== undefined);
  const fits = (order: ListedWish) =>
    asked.every(([name, value]) => filters[name as keyof OrderFilterQuery](order, value as never));
  const key = (order: ListedWish) =>
    sort === "amount" ? totalOf(order) : BigInt((order.wish.createdAt ?? noon).getTime());
  const compare = (one: ListedWish, other: ListedWish) =>
    Number(key(one) - key(other)) || Number(one.orderId - other.orderId);
  const found = orders.filter(fits).sort(compare);
  return (direction === "asc" ? found : found.reverse()).map(({ orderId }) => orderId);
}

function anyQuery(random: Random): Query {
  const pick = pickFrom(random);
  const some = <Value>(share: number, value: () => Value): Value | undefined =>
    random() < share ? value() : undefined;
  const time = () => new Date(noon.getTime() + Math.floor(random() * 12) * minuteMs);
  const from = some(0.2, time);
  const to = some(0.2, () => new Date((from ?? noon).getTime() + minuteMs * (1 + Math.floor(random() * 6))));
  const currency = some(0.5, () => pick(["USD", "JPY", "KWD"]));
  const least = currency === undefined ? undefined : some(0.4, () => Math.floor(random() * 400));
  const query = {
    status: some(0.3, () => pick(["paid", "pending,cancelled", "shipped", "delivered", "paid,shipped,pending"])),
    created_from: from?.toISOString(),
    created_to: to?.toISOString(),
    currency,
    amount_min: least,
    amount_max: currency === undefined ? undefined : some(0.4, () => (least ?? 0) + Math.floor(random() * 300)),
    email: some(0.15, () => pick(["ann@example.com", "bob@example.com", "RARE@example.org"])),
    import_id: some(0.15, () => pick(imports)),
    batch_id: some(0.1, () => pick(batches)),
    source: some(0.15, () => pick(["shop", "market", "nobody"])),
    external_reference: some(0.05, () => `R-${Math.floor(random() * (count / 2))}`),
    csv_source: some(0.1, () => pick(["a.csv", "b.csv"])),
    q: some(0.25, () => pick(["tea", "teap", "coffee mug", "ノートpc", "ann", "rare", "a-1"])),
    sort: currency === undefined ? ("date" as const) : pick(["date", "amount"] as const),
    direction: pick(["desc", "asc"] as const),
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as Query;
}

const newest = { sort: "date", direction: "desc" } as const;

async function pageThrough(db: Db, query: Query, { limit, walked }: { limit: number; walked: number }) {
  const listing = readOrderListing(query);
  const ids: bigint[] = [];
  let cursor: string | undefined;
  do {
    const page = await listOrderPage(db, listing, { limit, cursor, walked });
    assert.ok(page.rows.length <= limit);
    ids.push(...page.rows.map(({ orderId }) => orderId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

describe("listOrderPage", () => {
  let db: Db;
  let orders: ListedWish[];

  before(async () => {
    db = (await testDatabase()).db;
    const random = randomFrom(seed);
    const wishes = Array.from({ length: count }, (_, index) => anyWish(random, index));
    orders = await givenListed(db, wishes);
    await givenIndexed(db);
  });

  test("lists the same as a plain search through all orders, for a thousand combinations", async () => {
    const random = randomFrom(seed + 1);
    let found = 0;
    for (let turn = 0; turn < 1_000; turn += 1) {
      const query = anyQuery(random);
      // Small numbers, so that all ways are gone: rare orders are looked up behind the few that are walked first.
      const sizes = { limit: 1 + Math.floor(random() * 120), walked: Math.floor(random() * 60) };
      const ids = await pageThrough(db, query, sizes);
      found += ids.length;
      assert.deepEqual(ids, expected(orders, query), JSON.stringify({ query, sizes }));
    }
    assert.ok(found > 10_000);
  });

  for (const [name, value] of Object.entries({
    status: "paid",
    created_from: "2026-11-23T12:05:00+00:00",
    created_to: "2026-11-23T14:05:00+02:00",
    email: "ANN@example.com",
    import_id: imports[0],
    batch_id: batches[1],
    source: "shop",
    external_reference: "R-1",
    csv_source: "b.csv",
    q: "teapot",
  })) {
    test(`finds some and not all by ${name} alone`, async () => {
      const query = { ...newest, [name]: value };
      const ids = await pageThrough(db, query, { limit: 100, walked: 20 });
      assert.ok(ids.length > 0 && ids.length < count);
      assert.deepEqual(ids, expected(orders, query));
    });
  }

  test("finds an order by its number, whole and by its beginning", async () => {
    const [first] = (await listOrderPage(db, readOrderListing(newest), { limit: 1 })).rows;
    assert.ok(first);
    const number = orderNumber(first.orderId);
    assert.deepEqual(await pageThrough(db, { ...newest, q: number }, { limit: 20, walked: 0 }), [first.orderId]);
    const found = await pageThrough(db, { ...newest, q: number.slice(0, 9).toLowerCase() }, { limit: 20, walked: 0 });
    assert.ok(found.includes(first.orderId));
  });

  test("shows each order once while others arrive, and none of those behind the cursor", async () => {
    const first = await listOrderPage(db, readOrderListing(newest), { limit: 50 });
    const later = { createdAt: new Date(noon.getTime() + 60 * minuteMs) };
    await givenListed(db, [later, later]);
    const rest = await listOrderPage(db, readOrderListing(newest), { limit: 500, cursor: first.nextCursor ?? "" });
    assert.deepEqual(
      [...first.rows, ...rest.rows].map(({ orderId }) => orderId),
      expected(orders, newest),
    );
  });

  test("finds what is not indexed yet by all but its words and its amount", async () => {
    const { db } = await testDatabase();
    const [order] = await givenListed(db, [{ currency: "KWD", customerEmail: "new@example.com" }]);
    const ids = async (query: object) => pageThrough(db, { ...newest, ...query }, { limit: 20, walked: 2_000 });
    for (const query of [{}, { email: "new@example.com" }, { currency: "KWD" }, { status: "pending" }])
      assert.deepEqual(await ids(query), [order?.orderId], JSON.stringify(query));
    assert.deepEqual(await ids({ q: "tea" }), []);
    await givenIndexed(db);
    assert.deepEqual(await ids({ q: "tea" }), [order?.orderId]);
    assert.deepEqual(await ids({ currency: "KWD", sort: "amount" }), [order?.orderId]);
  });

  test("tells orders apart that are microseconds away from each other, as other programs write them", async () => {
    const { db } = await testDatabase();
    const listed = await givenListed(db, Array(9).fill({}));
    await ask(db, "update orders.orders set created_at = created_at + (order_id * 37 % 10) * interval '1 microsecond'");
    await givenIndexed(db);
    const sorted = listed
      .map(({ orderId }) => orderId)
      .toSorted((one, other) => Number((one * 37n) % 10n) - Number((other * 37n) % 10n));
    for (const sizes of [
      { limit: 2, walked: 100 },
      { limit: 2, walked: 3 },
    ]) {
      for (const query of [{}, { q: "tea" }, { status: "pending" }]) {
        const asked = { ...query, sort: "date", direction: "asc" } as const;
        assert.deepEqual(await pageThrough(db, asked, sizes), sorted);
        assert.deepEqual(await pageThrough(db, { ...asked, direction: "desc" }, sizes), sorted.toReversed());
      }
    }
  });

  test("refuses cursors of another list, cut ones and made-up ones", async () => {
    const { nextCursor } = await listOrderPage(db, readOrderListing({ ...newest, status: "paid" }), { limit: 20 });
    assert.ok(nextCursor);
    const wrong = [
      [{ ...newest }, nextCursor],
      [{ ...newest, status: "paid", q: "tea" }, nextCursor],
      [{ ...newest, direction: "asc", status: "paid" }, nextCursor],
      [{ ...newest, status: "paid" }, nextCursor.slice(0, -4)],
      [{ ...newest, status: "paid" }, "MTI"],
      [{ ...newest, status: "paid" }, ""],
    ] as const;
    for (const [query, cursor] of wrong) {
      const page = listOrderPage(db, readOrderListing(query), { limit: 20, cursor });
      await assert.rejects(page, { code: "list.cursor_unknown" }, JSON.stringify({ query, cursor }));
    }
  });
});
