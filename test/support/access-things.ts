import { randomUUID } from "node:crypto";
import { type Account, givenAccount, type Principal, type Whose } from "./access-principals.ts";
import type { ThingKind } from "./access-table.ts";
import { ask } from "./ask.ts";
import type { ServingProcess, Site } from "./serve.ts";
import {
  add,
  givenProduct,
  openStoreClient,
  orderOf,
  type ShownCart,
  type ShownOrder,
  type StoreClient,
  someBilling,
} from "./store-client.ts";

/** Something that is somebody's, by every name that requests have for it. */
export interface Thing {
  readonly kind: ThingKind;
  readonly whose: Whose;
  /** What stands for the parameters of an address. */
  readonly ids: Readonly<Record<string, string>>;
  /** What the cart comes to, or what a line of it costs. */
  readonly amount: number;
}

/** Whose there are of each kind. */
export const owners: Readonly<Record<ThingKind, readonly Whose[]>> = {
  line: ["visitor", "user"],
  cart: ["visitor", "user"],
  order: ["visitor", "user"],
  customer: ["visitor", "user", "organization"],
  organization: ["organization"],
  invitation: ["organization"],
};

/** What things are made from. */
export interface ThingGround {
  readonly site: Pick<Site, "db">;
  readonly server: ServingProcess;
  readonly principals: readonly Principal[];
  /** What is sold. */
  readonly priceId: string;
  readonly productKey: string;
  /** Two more who belong to each organization: an owner, so that the other one may leave, and somebody to decide on. */
  readonly coowner: Account;
  readonly colleague: Account;
  /** The organization that is billed. */
  readonly organizationId: string;
}

/** A browser with the cookies that a principal asks with. */
export function clientOf(server: ServingProcess, { headers }: Principal): StoreClient {
  const pairs = (headers.cookie ?? "").split("; ").filter((pair) => pair !== "");
  const cookies = pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)] as const);
  return openStoreClient(server, new Map(cookies));
}

function ownerOf({ principals }: ThingGround, whose: Whose): Principal {
  const found = principals.find(({ reach }) => reach?.whose === whose && reach.as === "owner");
  if (!found) throw new Error(`Nobody is the ${whose}.`);
  return found;
}

type FullCart = ShownCart & {
  readonly baskets: readonly {
    readonly lines: readonly { readonly line_id: string; readonly unit_amount: number }[];
  }[];
};

function namesOf(cart: FullCart) {
  const line = cart.baskets[0]?.lines[0];
  if (!line) throw new Error("The cart is empty.");
  return { ids: { id: cart.cart_id, line_id: line.line_id }, amount: cart.total_amount };
}

async function buyNow(client: StoreClient, priceId: string): Promise<FullCart> {
  return client.ask<FullCart>("POST", "/api/store/cart/buy-now", { price_id: priceId, quantity: 1 });
}

type Made = Pick<Thing, "ids" | "amount">;

async function givenOrder(client: StoreClient, priceId: string): Promise<Made> {
  const order = await client.ask<ShownOrder>("POST", "/api/store/checkout", orderOf(await buyNow(client, priceId)));
  return { ids: { id: order.id }, amount: order.total_amount };
}

/** Somebody else has an organization, too, with somebody to be billed. */
async function givenOtherOrganization(server: ServingProcess, principals: readonly Principal[]): Promise<void> {
  const other = principals.find(({ name }) => name === "another organization's owner");
  const client = clientOf(server, other ?? { name: "", headers: {} });
  const { id } = await client.ask<{ id: string }>("POST", "/api/store/auth/organizations", { name: "Milk Club" });
  await client.ask("POST", "/api/store/customers", { ...someBilling, organization_id: id });
}

async function insertMember({ db }: ThingGround["site"], id: string, userId: string, role: string): Promise<string> {
  const memberId = randomUUID();
  await ask(
    db,
    `insert into identity.members (id, organization_id, user_id, role, created_at)
     values ($1::uuid, $2::uuid, $3::uuid, $4, now())`,
    [memberId, id, userId, role],
  );
  return memberId;
}

/** An organization of those who have one. */
async function givenOrganization(ground: Omit<ThingGround, "organizationId">): Promise<Made> {
  const { site, principals } = ground;
  const id = randomUUID();
  await ask(
    site.db,
    "insert into identity.organizations (id, name, slug, created_at) values ($1::uuid, 'Tea Club', $2, now())",
    [id, randomUUID()],
  );
  for (const { reach, userId } of principals) {
    if (reach?.whose === "organization" && reach.as !== "invited") await insertMember(site, id, userId ?? "", reach.as);
  }
  await insertMember(site, id, ground.coowner.userId, "owner");
  return { ids: { id, member_id: await insertMember(site, id, ground.colleague.userId, "member") }, amount: 0 };
}

async function givenInvitation(ground: ThingGround): Promise<Made> {
  const { ids } = await givenOrganization(ground);
  const { site, principals } = ground;
  const invited = principals.find(({ reach }) => reach?.as === "invited");
  const invitationId = randomUUID();
  await ask(
    site.db,
    `insert into identity.invitations (id, organization_id, inviter_id, email, role, status, expires_at, created_at)
     select $1::uuid, $2::uuid, $3::uuid, email, 'member', 'pending', now() + interval '1 day', now()
       from identity.users where id = $4::uuid`,
    [invitationId, ids.id ?? "", ownerOf(ground, "organization").userId ?? "", invited?.userId ?? ""],
  );
  return { ids: { id: invitationId }, amount: 0 };
}

async function givenCustomer(ground: ThingGround, client: StoreClient, whose: Whose): Promise<Made> {
  const more = whose === "organization" ? { organization_id: ground.organizationId } : {};
  const made = await client.ask<{ id: string }>("POST", "/api/store/customers", { ...someBilling, ...more });
  return { ids: { id: made.id }, amount: 0 };
}

async function make(ground: ThingGround, kind: ThingKind, whose: Whose): Promise<Made> {
  const { server, priceId } = ground;
  const client = clientOf(server, ownerOf(ground, whose));
  switch (kind) {
    case "line":
      return namesOf((await add(client, priceId)) as FullCart);
    case "cart":
      return namesOf(await buyNow(client, priceId));
    case "order":
      return givenOrder(client, priceId);
    case "customer":
      return givenCustomer(ground, client, whose);
    case "organization":
      return givenOrganization(ground);
    case "invitation":
      return givenInvitation(ground);
  }
}

/** Makes something that is somebody's. */
export async function givenThing(ground: ThingGround, kind: ThingKind, whose: Whose): Promise<Thing> {
  return { kind, whose, ...(await make(ground, kind, whose)) };
}

/** The same with names that nothing has. */
export function nothing(thing: Thing): Thing {
  return { ...thing, ids: Object.fromEntries(Object.keys(thing.ids).map((name) => [name, randomUUID()])) };
}

/** Puts something on sale, and makes the organization that is billed. */
export async function openThings(
  site: Pick<Site, "db">,
  server: ServingProcess,
  principals: readonly Principal[],
): Promise<ThingGround> {
  const { priceId, key: productKey } = await givenProduct(server);
  const coowner = await givenAccount(site, "coowner");
  const colleague = await givenAccount(site, "colleague");
  const ground = { site, server, principals, priceId, productKey, coowner, colleague };
  await givenOtherOrganization(server, principals);
  return { ...ground, organizationId: (await givenOrganization(ground)).ids.id ?? "" };
}
