import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import { refusalOf } from "../support/access-faults.ts";
import type { Principal, Whose } from "../support/access-principals.ts";
import type { Asked } from "../support/access-requests.ts";
import { askFor } from "../support/access-requests.ts";
import { expectedOf } from "../support/access-rules.ts";
import { type AccessSite, givenAccessSite } from "../support/access-site.ts";
import { accessTable, type Row } from "../support/access-table.ts";
import { clientOf, givenThing, owners, type Thing } from "../support/access-things.ts";
import { ask } from "../support/ask.ts";
import { changingNothing } from "../support/changing-nothing.ts";
import { codeOf, hear, inLanes } from "../support/hear-answers.ts";
import { orderOf, type ShownCart, someBilling } from "../support/store-client.ts";

let access: AccessSite;

before(async () => {
  access = await givenAccessSite();
});

function somebody(name: string): Principal {
  const found = access.principals.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
}

function victim(name: string): Thing {
  const found = access.victims.get(name);
  assert.ok(found, name);
  return found;
}

interface OwnCart extends ShownCart {
  readonly baskets: readonly { readonly lines: readonly { readonly line_id: string }[] }[];
}

function buyNow(principal: Principal): Promise<OwnCart> {
  const { server, things } = access;
  const body = { price_id: things.priceId, quantity: 1 };
  return clientOf(server, principal).ask<OwnCart>("POST", "/api/store/cart/buy-now", body);
}

/** Asks for what is somebody else's and for what is not there: both are the same refusal, and change nothing. */
async function assertOutOfReach(
  principal: Principal,
  name: string,
  asking: (name: string) => readonly Asked[],
): Promise<void> {
  const made = randomUUID();
  const pairs = asking(name).map((asked, at) => [asked, asking(made)[at] as Asked] as const);
  await changingNothing(access.site.db, async () => {
    for (const [asked, unknown] of pairs) {
      const answers = [
        await hear(access.server, asked, principal.headers),
        await hear(access.server, unknown, principal.headers),
      ] as const;
      const what = `${principal.name}: ${asked.method} ${asked.path}: ${answers[0].text}`;
      assert.ok(answers[0].status >= 400 && answers[0].status < 500, what);
      assert.equal(refusalOf(answers[0], [name]), refusalOf(answers[1], [made]), what);
    }
  });
}

describe("a thing of somebody else's", () => {
  for (const [name, kind] of [
    ["another visitor", "cart of user"],
    ["another user", "cart of visitor"],
    ["staff owner", "cart of user"],
  ] as const) {
    test(`is no line in a cart that ${name} has`, async () => {
      const stranger = somebody(name);
      const { cart_id: own } = await buyNow(stranger);
      await assertOutOfReach(stranger, victim(kind).ids.line_id ?? "", (line) => [
        { method: "PATCH", path: `/api/store/carts/${own}/lines/${line}`, body: { quantity: 9 } },
        { method: "DELETE", path: `/api/store/carts/${own}/lines/${line}` },
        {
          method: "POST",
          path: `/api/store/carts/${own}/accept-prices`,
          body: { lines: [{ line_id: line, unit_amount: 1 }] },
        },
      ]);
    });

    test(`is no cart for a line that ${name} has`, async () => {
      const stranger = somebody(name);
      const own = (await buyNow(stranger)).baskets[0]?.lines[0]?.line_id;
      await assertOutOfReach(stranger, victim(kind).ids.id ?? "", (cart) => [
        { method: "PATCH", path: `/api/store/carts/${cart}/lines/${own}`, body: { quantity: 9 } },
        { method: "DELETE", path: `/api/store/carts/${cart}/lines/${own}` },
      ]);
    });

    test(`is nobody to be billed for what ${name} buys`, async () => {
      const stranger = somebody(name);
      const cart = await buyNow(stranger);
      for (const whose of owners.customer) {
        const { id = "" } = victim(`customer of ${whose}`).ids;
        await assertOutOfReach(stranger, id, (customer) => [
          { method: "POST", path: "/api/store/checkout", body: orderOf(cart, { customer_id: customer }) },
        ]);
      }
    });
  }

  test("is not there when it became an order, either", async () => {
    const user = somebody("user");
    const cart = await buyNow(user);
    const line = cart.baskets[0]?.lines[0]?.line_id ?? "";
    await clientOf(access.server, user).ask("POST", "/api/store/checkout", orderOf(cart));
    for (const name of ["nobody", "another visitor", "another user", "staff owner", "forged session"]) {
      const stranger = somebody(name);
      await assertOutOfReach(stranger, line, (id) => [
        { method: "PATCH", path: `/api/store/cart/lines/${id}`, body: { quantity: 9 } },
        { method: "DELETE", path: `/api/store/cart/lines/${id}` },
        { method: "PATCH", path: `/api/store/carts/${cart.cart_id}/lines/${id}`, body: { quantity: 9 } },
      ]);
      await assertOutOfReach(stranger, cart.cart_id, (id) => [
        { method: "GET", path: `/api/store/carts/${id}` },
        { method: "DELETE", path: `/api/store/carts/${id}` },
        { method: "POST", path: "/api/store/checkout", body: orderOf({ ...cart, cart_id: id }) },
      ]);
    }
  });

  test("is no member of an organization of one's own", async () => {
    const { site, server } = access;
    for (const role of ["owner", "admin"] as const) {
      const stranger = somebody("another organization's owner");
      const client = clientOf(server, stranger);
      const { id: own } = await client.ask<{ id: string }>("POST", "/api/store/auth/organizations", { name: "Mine" });
      await ask(
        site.db,
        `insert into identity.members (id, organization_id, user_id, role, created_at)
         select gen_random_uuid(), $1::uuid, id, 'owner', now() from identity.users where email = 'coowner@example.com'`,
        [own],
      );
      await ask(
        site.db,
        "update identity.members set role = $2 where organization_id = $1::uuid and user_id = $3::uuid",
        [own, role, stranger.userId ?? ""],
      );
      await assertOutOfReach(stranger, victim("organization of organization").ids.member_id ?? "", (member) => [
        { method: "PATCH", path: `/api/store/auth/organizations/${own}/members/${member}`, body: { role: "admin" } },
        { method: "DELETE", path: `/api/store/auth/organizations/${own}/members/${member}` },
      ]);
    }
  });

  test("is no organization in whose name one is billed", async () => {
    for (const name of ["another user", "another organization's owner", "visitor", "organization's invited"]) {
      await assertOutOfReach(somebody(name), victim("organization of organization").ids.id ?? "", (organization) => [
        { method: "POST", path: "/api/store/customers", body: { ...someBilling, organization_id: organization } },
      ]);
    }
  });
});

describe("a list", () => {
  const lists = [
    ["/api/store/carts?page_size=100", "select cart_id as id from carts.carts where owner = $1 and status = 'open'"],
    ["/api/store/customers?limit=100", "select customer_id as id from customers.customers where owner = $1"],
    [
      "/api/store/orders?page_size=100",
      "select uid as id from orders.orders join orders.shopper_orders using (order_id) where owner = $1",
    ],
  ] as const;

  async function shown(path: string, { headers }: Principal): Promise<string[]> {
    const answer = await hear(access.server, { method: "GET", path }, headers);
    const { data } = JSON.parse(answer.text) as { data: { id?: string; cart_id?: string }[] };
    return data.map(({ id, cart_id }) => id ?? cart_id ?? "").sort();
  }

  /** Who somebody is, and in whose name they act. */
  async function namesOf({ owner = "nobody", userId }: Principal): Promise<string[]> {
    const statement = "select 'organization/' || organization_id as id from identity.members where user_id = $1::uuid";
    const organizations = userId === undefined ? [] : await ask<{ id: string }>(access.site.db, statement, [userId]);
    return [owner, ...organizations.map(({ id }) => id)];
  }

  test("shows everybody what is theirs, and nothing else", async () => {
    let filled = 0;
    await inLanes(access.principals, async (principal) => {
      const names = await namesOf(principal);
      for (const [path, statement] of lists) {
        const rows = await Promise.all(names.map((name) => ask<{ id: string }>(access.site.db, statement, [name])));
        const kept = rows.flat().map(({ id }) => id);
        assert.deepEqual(await shown(path, principal), kept.sort(), `${principal.name}: ${path}`);
        if (kept.length > 0) filled += 1;
      }
    });
    // Three of a visitor's, three of a user's, and one of three members of an organization.
    assert.ok(filled >= 9, `${filled}`);
  });
});

/** Of what somebody did they all send the very same request, with the same key. */
const repeaters = [
  "nobody",
  "another visitor",
  "another user",
  "staff read_only",
  "revoked key",
  "key for full",
  "key for events:read",
];

describe("an answer that is kept under an Idempotency-Key", () => {
  interface Kept {
    readonly row: Row;
    readonly asked: Asked;
    readonly headers: { readonly "idempotency-key": string };
    readonly whose: Whose | undefined;
    readonly doer: Principal;
  }

  /** The sandbox stands for another company, of which we all have one account: keys there are the account's. */
  function isKeyed(row: Row): boolean {
    const route = access.routes.find(({ method, path }) => method === row.method && path === row.path);
    return row.method !== "GET" && !route?.keyless && !route?.open && route?.scope !== "payments:sandbox";
  }

  /** Somebody who may do it does it. */
  async function keep(row: Row): Promise<Kept> {
    const whose = "of" in row.access ? owners[row.access.of][0] : undefined;
    const thing = "of" in row.access && whose ? await givenThing(access.things, row.access.of, whose) : undefined;
    const others = access.principals.filter(({ name }) => !repeaters.includes(name));
    const doer = others.find((one) => expectedOf(row, one, whose) === "allowed");
    assert.ok(doer, `${row.method} ${row.path}`);
    const asked = askFor(row, access.requests, thing);
    const headers = { "idempotency-key": randomUUID() };
    await hear(access.server, asked, { ...doer.headers, ...headers });
    return { row, asked, headers, whose, doer };
  }

  async function repeat({ row, asked, headers, whose }: Kept, name: string): Promise<string[]> {
    const principal = somebody(name);
    const expected = expectedOf(row, principal, whose);
    const answer = await hear(access.server, asked, { ...principal.headers, ...headers });
    const isRight = expected === "allowed" || (answer.status === expected.status && codeOf(answer) === expected.code);
    if (isRight && !answer.headers.has("idempotent-replayed")) return [];
    return [`${name}: ${row.method} ${row.path}: ${answer.status} ${answer.text.slice(0, 200)}`];
  }

  test("is given to nobody else: who may asks anew, and who may not is refused", async (t) => {
    const kept: Kept[] = [];
    for (const row of accessTable.filter(isKeyed)) kept.push(await keep(row));
    const again = await inLanes(kept, ({ asked, headers, doer }) =>
      hear(access.server, asked, { ...doer.headers, ...headers }),
    );
    const replays = again.filter(({ headers }) => headers.has("idempotent-replayed")).length;
    assert.ok(replays > kept.length / 2, `${replays} of ${kept.length} were kept`);
    const faults = await inLanes(
      kept.flatMap((one) => repeaters.map((name) => [one, name] as const)),
      ([one, name]) => repeat(one, name),
    );
    assert.deepEqual(faults.flat(), []);
    t.diagnostic(`${replays} of ${kept.length} answers were kept, and asked for by ${repeaters.length} others.`);
  });

  test("is not given to somebody whose role was lowered since", async () => {
    const { server, site } = access;
    const manager = somebody("staff manager");
    const body = { key: "lowered", sku: "LOWERED", tax_code: "food", shippable: true };
    const asked = { method: "POST", path: "/api/v2/products", body };
    const headers = { ...manager.headers, "idempotency-key": randomUUID() };
    const statuses: number[] = [];
    const send = async () => statuses.push((await hear(server, asked, headers)).status);
    await send();
    await ask(site.db, "update identity.staff set role = 'read_only' where user_id = $1::uuid", [manager.userId ?? ""]);
    await send();
    assert.deepEqual(statuses, [201, 403]);
  });
});
