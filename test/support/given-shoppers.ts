import { randomUUID } from "node:crypto";
import { writeOrderLink } from "../../src/orders/link.ts";
import type { Described } from "./described-api.ts";
import type { Ground, Ids } from "./run-example.ts";
import type { ServingProcess } from "./serve.ts";
import {
  add,
  type GivenProduct,
  givenCheckout,
  givenProduct,
  givenTaxRate,
  openStoreClient,
  type StoreClient,
  someBilling,
} from "./store-client.ts";

/** What signs links to orders in servers that are started with it as `AUTH_SECRET`. */
export const authSecret = "a secret of tests that signs cookies and links";

const dayMs = 86_400_000;

/** Makes what operations on the store's things want to be there: each time anew, with a browser of its own. */
export interface StoreStage {
  /** What the operation stands on; undefined when it is none of the store's. */
  groundOf(described: Described): Promise<Ground> | undefined;
  /** The same order for a stranger who has nothing but its link. */
  linkedGround(): Promise<Ground>;
}

interface Fixtures {
  readonly server: ServingProcess;
  readonly tea: GivenProduct;
}

interface ShownLines {
  readonly baskets: readonly { readonly lines: readonly { readonly line_id: string }[] }[];
}

/** A cart with a line. */
async function cartIds(client: StoreClient, { tea }: Fixtures): Promise<Ids> {
  const cart = await add(client, tea.priceId);
  const [basket] = (cart as typeof cart & ShownLines).baskets;
  const { cart_id, total_amount } = cart;
  return { id: cart_id, cart_id, total_amount, line_id: basket?.lines[0]?.line_id ?? "", price_id: tea.priceId };
}

async function orderIds(client: StoreClient, { tea }: Fixtures): Promise<Ids> {
  const order = await givenCheckout(client, tea.priceId);
  return { id: order.id, session_id: order.payment?.session_id ?? "" };
}

async function billingIds(client: StoreClient): Promise<Ids> {
  return client.ask<{ id: string }>("POST", "/api/store/customers", someBilling).then(({ id }) => ({ id }));
}

/** A product of its own, with a price and words. */
async function productIds(_: StoreClient, { server }: Fixtures): Promise<Ids> {
  const { key, priceId } = await givenProduct(server);
  return { id: key, price_id: priceId, language: "en" };
}

async function taxRateIds(_: StoreClient, { server }: Fixtures): Promise<Ids> {
  const { id } = await givenTaxRate(server, { tax_code: randomUUID() });
  return { id };
}

type Start = (client: StoreClient, fixtures: Fixtures) => Promise<Ids>;

/** By how paths begin; the first that fits counts. */
const starts: Readonly<Record<string, Start>> = {
  "/api/store/products": async (_, { tea }) => ({ key: tea.key }),
  "/api/store/cart": cartIds,
  "/api/store/checkout": cartIds,
  "/api/store/orders": orderIds,
  "/api/store/customers": billingIds,
  "/api/v1/payments/sessions": orderIds,
  "/api/v2/products/{id}": productIds,
  "/api/v2/tax-rates/{id}": taxRateIds,
};

/** Puts tea on sale, and makes the rest when it is asked for. The server must have `authSecret`. */
export async function openStoreStage(server: ServingProcess): Promise<StoreStage> {
  await givenTaxRate(server);
  const fixtures = { server, tea: await givenProduct(server) };
  return {
    groundOf({ path }) {
      const [, start] = Object.entries(starts).find(([beginning]) => path.startsWith(beginning)) ?? [];
      if (!start) return undefined;
      const client = openStoreClient(server);
      return start(client, fixtures).then((ids) => ({ ids, client }));
    },
    async linkedGround() {
      const ids = await orderIds(openStoreClient(server), fixtures);
      const link = writeOrderLink(String(ids.id), new Date(Date.now() + dayMs), authSecret);
      return { ids, client: openStoreClient(server), headers: { "order-link": link } };
    },
  };
}
