import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { givenPng } from "./given-pictures.ts";
import type { Ids } from "./run-example.ts";
import type { Stage, Start } from "./stage.ts";
import { add, givenCheckout, givenProduct, givenTaxRate, type StoreClient, someBilling } from "./store-client.ts";

interface ShownLines {
  readonly baskets: readonly { readonly lines: readonly { readonly line_id: string }[] }[];
}

/** A cart with a line. */
async function cartIds(client: StoreClient, { tea }: Stage): Promise<Ids> {
  const cart = await add(client, tea.priceId);
  const [basket] = (cart as typeof cart & ShownLines).baskets;
  const { cart_id, total_amount } = cart;
  return { id: cart_id, cart_id, total_amount, line_id: basket?.lines[0]?.line_id ?? "", price_id: tea.priceId };
}

/** An order whose payment page is open. */
export async function orderIds(client: StoreClient, { tea }: Stage): Promise<Ids> {
  const order = await givenCheckout(client, tea.priceId);
  return { id: order.id, session_id: order.payment?.session_id ?? "" };
}

async function billingIds(client: StoreClient): Promise<Ids> {
  const { id } = await client.ask<{ id: string }>("POST", "/api/store/customers", someBilling);
  return { id };
}

/** A product of its own, with a price and words. */
async function productIds(_: StoreClient, { server }: Stage): Promise<Ids> {
  const { key, priceId } = await givenProduct(server);
  return { id: key, price_id: priceId, language: "en" };
}

/** Puts a picture where additions by key find it, and answers its key. */
export async function givenPictureFile({ dataDir }: Stage["site"]): Promise<string> {
  const folder = join(dataDir, "blobs", "incoming");
  await mkdir(folder, { recursive: true });
  const name = `${randomUUID()}.png`;
  await writeFile(join(folder, name), await givenPng({ width: 400, height: 300 }));
  return `incoming/${name}`;
}

async function pictureIds(client: StoreClient, stage: Stage): Promise<Ids> {
  const { id = "" } = await productIds(client, stage);
  const body = { blob_key: await givenPictureFile(stage.site) };
  const added = await stage.server.send("POST", `/api/v2/products/${id}/images`, { body });
  return { id, image_id: (JSON.parse(added.text) as { id: string }).id, file: "320.webp" };
}

async function taxRateIds(_: StoreClient, { server }: Stage): Promise<Ids> {
  const { id } = await givenTaxRate(server, { tax_code: randomUUID() });
  return { id };
}

/** What is there before an operation on the store's things, by how its path begins; the first that fits counts. */
export const storeStarts: Readonly<Record<string, Start>> = {
  "/api/store/products": async (_, { tea }) => ({ key: tea.key }),
  "/api/store/images": pictureIds,
  "/api/store/cart": cartIds,
  "/api/store/checkout": cartIds,
  "/api/store/orders": orderIds,
  "/api/store/customers": billingIds,
  "/api/v1/payments/sessions": orderIds,
  "/api/v2/products/{id}/images/{image_id}": pictureIds,
  "/api/v2/products/{id}/images": async (client, stage) => ({
    ...(await productIds(client, stage)),
    blob_key: await givenPictureFile(stage.site),
  }),
  "/api/v2/products/{id}": productIds,
  "/api/v2/tax-rates/{id}": taxRateIds,
};
