import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import { refusalOf } from "../support/access-faults.ts";
import type { Principal } from "../support/access-principals.ts";
import type { Asked } from "../support/access-requests.ts";
import { askFor } from "../support/access-requests.ts";
import { expectedOf } from "../support/access-rules.ts";
import { type AccessSite, givenAccessSite } from "../support/access-site.ts";
import { accessTable, type Row } from "../support/access-table.ts";
import { clientOf, givenThing, owners, type Thing } from "../support/access-things.ts";
import { ask } from "../support/ask.ts";
import { changingNothing } from "../support/changing-nothing.ts";
import { codeOf, hear, inLanes } from "../support/hear-answers.ts";
import type { Answered } from "../support/serve.ts";
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
