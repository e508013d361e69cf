import { randomUUID } from "node:crypto";
import { offerSetup } from "../../src/identity/offer-setup.ts";
import type { FakeIssuer } from "../fakes/oidc-issuer.ts";
import { issuerIds } from "../support/account-starts.ts";
import { givenUser, signIn, tokenFrom } from "../support/given-user.ts";
import type { ServingProcess, Site } from "../support/serve.ts";
import {
  add,
  givenProduct,
  givenTaxRate,
  openStoreClient,
  orderOf,
  type StoreClient,
  someBilling,
} from "../support/store-client.ts";
import { givenPictureFile } from "../support/store-starts.ts";
import { type BegunSignIn, begun, password, tokens } from "./account-starters.ts";
import { pictureFiles } from "./catalogue-starters.ts";
import { type Crowd, type Person, personOf } from "./open-crowd.ts";
import type { Pools } from "./pools.ts";
import { forSale } from "./shop-starters.ts";

const auth = "/api/store/auth";

/** Where a campaign is fought, before it begins. */
export interface Ground {
  readonly site: Site;
  readonly server: ServingProcess;
  readonly issuer: FakeIssuer;
  /** What all are told. */
  readonly pools: Pools;
}

/** How many of each there are; each token can be used once. */
export interface Counts {
  readonly shoppers: number;
  readonly organizations: number;
  readonly tokens: number;
}

/** Puts things on sale that stay, and pictures where additions find them. */
async function givenShop({ site, server, pools }: Ground): Promise<void> {
  await givenTaxRate(server);
  for (const unitAmount of [1296, 1, 98_765]) {
    const { key, priceId } = await givenProduct(server, { unitAmount });
    pools.add(forSale, [priceId]);
    pools.add("keys for sale", [key]);
  }
  pools.add(pictureFiles, [await givenPictureFile(site), await givenPictureFile(site)]);
}

/** Somebody who ordered before, and has a billing identity and a cart. */
async function givenPerson({ pools }: Ground, client: StoreClient, email?: string): Promise<Person> {
  const [priceId = ""] = pools.named(forSale).map(String);
  const customer = await client.ask("POST", "/api/store/customers", someBilling);
  const order = await client.ask("POST", "/api/store/checkout", orderOf(await add(client, priceId), {}));
  const cart = await add(client, priceId);
  const person = personOf(client, email);
  for (const told of [person.pools, pools]) {
    told.harvest({ id: "createBillingIdentity", path: "/api/store/customers" }, customer);
    told.harvest({ id: "checkOut", path: "/api/store/checkout" }, order);
    told.harvest({ id: "addCartLine", path: "/api/store/cart/lines" }, cart);
  }
  return person;
}

/** A shopper without an account. */
function givenShopper(ground: Ground): Promise<Person> {
  return givenPerson(ground, openStoreClient(ground.server));
}

interface Signed {
  readonly client: StoreClient;
  readonly email: string;
}

async function givenSigned({ site, server }: Ground): Promise<Signed> {
  const client = openStoreClient(server);
  const user = await givenUser(site.db, server);
  await signIn(client, user);
  return { client, email: user.email };
}

/** An organization that all of them own. */
async function givenOrganization([first, ...others]: readonly Signed[]): Promise<{ id: string; members: object[] }> {
  if (!first) throw new Error("Nobody founds an organization of nobody.");
  const { id } = await first.client.ask<{ id: string }>("POST", `${auth}/organizations`, { name: "Tanaka Trading" });
  const path = `${auth}/organizations/${id}`;
  for (const { client, email } of others) {
    const invited = await first.client.ask<{ id: string }>("POST", `${path}/invitations`, { email, role: "owner" });
    await client.ask("POST", `${auth}/invitations/${invited.id}/accept`);
  }
  const { data } = await first.client.ask<{ data: object[] }>("GET", `${path}/members`);
  return { id, members: data };
}

async function givenUsers(ground: Ground, organizations: number): Promise<Person[]> {
  const { pools } = ground;
  const signed = [await givenSigned(ground), await givenSigned(ground), await givenSigned(ground)];
  const people: Person[] = [];
  for (const { client, email } of signed) people.push(await givenPerson(ground, client, email));
  for (let made = 0; made < organizations; made += 1) {
    const organization = await givenOrganization(signed);
    for (const person of people) {
      person.pools.add("members", [organization]);
      person.pools.harvest({ id: "createOrganization", path: `${auth}/organizations` }, organization);
    }
  }
  await givenInvitations(signed, pools);
  return people;
}

/** Some more who may come in: one of them founds an organization, and waits for the others. */
async function givenInvitations([first, ...others]: readonly Signed[], pools: Pools): Promise<void> {
  const { id } = (await first?.client.ask<{ id: string }>("POST", `${auth}/organizations`, { name: "Sato" })) ?? {};
  const path = `${auth}/organizations/${id}/invitations`;
  for (const { email } of others) {
    const sent = await first?.client.ask("POST", path, { email, role: "member" });
    pools.harvest({ id: "inviteOrganizationMember", path }, sent);
  }
}

/** What letters brought: nobody needs to know an account to use it. */
async function givenTokens({ site, server, pools }: Ground, count: number): Promise<void> {
  const client = openStoreClient(server);
  for (let made = 0; made < count; made += 1) {
    const email = `new-${randomUUID()}@example.com`;
    await client.ask("POST", `${auth}/sign-up`, { name: "Ann", email, password });
    pools.add(tokens.verification, [await tokenFrom(site.db, email)]);
  }
  for (const { email } of [await givenUser(site.db, server), await givenUser(site.db, server)]) {
    const before = await tokenFrom(site.db, email);
    await client.ask("POST", `${auth}/request-password-reset`, { email });
    pools.add(tokens.reset, [await tokenFrom(site.db, email, before)]);
  }
  pools.add(tokens.setup, [await site.db.transaction((tx) => offerSetup(tx, new Date()))]);
}

/** Sign-ins at the issuer that wait to be finished, each in a browser of its own. */
async function givenBegun({ server, issuer, pools }: Ground, count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) {
    const client = openStoreClient(server);
    const brought = await issuerIds(client, { issuer });
    pools.add(begun, [{ by: personOf(client), ...brought } satisfies BegunSignIn]);
  }
}

/** Opens the shop and lets people in: some with a cart, some signed in, and one who is after others' things. */
export async function givenCrowd(ground: Ground, counts: Counts): Promise<Crowd> {
  await givenShop(ground);
  const shoppers: Person[] = [];
  for (let made = 0; made < counts.shoppers; made += 1) shoppers.push(await givenShopper(ground));
  const users = await givenUsers(ground, counts.organizations);
  await givenTokens(ground, counts.tokens);
  await givenBegun(ground, counts.tokens);
  const { client, email } = await givenSigned(ground);
  return { shoppers, users, hermit: personOf(client, email), thief: await givenShopper(ground) };
}
