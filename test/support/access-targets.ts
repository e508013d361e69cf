import { randomUUID } from "node:crypto";
import { createApiKey } from "../../src/identity/index.ts";
import { givenAccount, givenRole } from "./access-principals.ts";
import { ask } from "./ask.ts";
import { eventually } from "./eventually.ts";
import { givenImportFile } from "./given-import-files.ts";
import { givenPng } from "./given-pictures.ts";
import { givenFailedJob, givenTask } from "./given-tasks.ts";
import { type Answered, type ServingProcess, type Site, startWorking } from "./serve.ts";
import { givenProduct, givenTaxRate, someBilling } from "./store-client.ts";

/** What stands for the parameters of addresses in the back office, by how the address begins. */
export type Targets = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

type Ids = Record<string, string | number>;

async function read<Body = { id: string }>(answer: Promise<Answered>): Promise<Body> {
  const { status, text } = await answer;
  if (status >= 300) throw new Error(`${status} ${text}`);
  return JSON.parse(text) as Body;
}

const draft = {
  customer_email: "ann@example.com",
  customer_name: "Ann",
  items: [{ product_name: "Tea", quantity: 2, unit_price: 100 }],
  currency: "JPY",
};

/** An order that is paid, with a refund, and the letter about it. */
async function givenPaidOrder({ db }: Site, server: ServingProcess): Promise<{ order: Ids; mail: Ids }> {
  const { id } = await read<{ id: number }>(server.send("POST", "/api/v1/orders/", { body: draft }));
  await read(server.send("POST", `/api/v2/orders/${id}/refunds`, { body: { amount: 1, reason: "One broke." } }));
  let mailId: bigint | undefined;
  await eventually("the letter is there", async () => {
    const [mail] = await ask<{ mailId: bigint }>(
      db,
      "select mail_id from notifications.mails where recipient = 'ann@example.com'",
    );
    mailId = mail?.mailId;
    return mailId !== undefined;
  });
  return { order: { order_id: id, id, refund: 1 }, mail: { mail_id: String(mailId) } };
}

async function givenImport(site: Site, server: ServingProcess): Promise<Ids> {
  const name = await givenImportFile(site, 2);
  const body = { blob_key: `incoming/${name}`, options: { source: name, currency: "EUR" } };
  const { id } = await read(server.send("POST", "/api/v2/imports", { body }));
  await eventually("the import is ready", async () => {
    return (await read<{ status: string }>(server.send("GET", `/api/v2/imports/${id}`))).status === "ready";
  });
  return { id };
}

async function givenImage({ address, apiKey }: ServingProcess, productId: string): Promise<string> {
  const body = new FormData();
  body.set("file", new Blob([new Uint8Array(await givenPng())]), "tea.png");
  const headers = { authorization: `Bearer ${apiKey}` };
  const answer = await fetch(`${address}/api/v2/products/${productId}/images`, { method: "POST", headers, body });
  const { id } = (await answer.json()) as { id: string };
  return id;
}

/** A product that nobody buys. */
async function givenArticle(server: ServingProcess): Promise<Ids> {
  const { productId, priceId } = await givenProduct(server);
  return { id: productId, price_id: priceId, language: "en", image_id: await givenImage(server, productId) };
}

async function givenColleague(site: Site): Promise<Ids> {
  const account = await givenAccount(site, "somebody who works here");
  await givenRole(site, account, "support");
  return { id: account.userId };
}

async function givenKey({ db }: Site): Promise<Ids> {
  const by = { actor: "test", name: "test", requestId: null };
  const made = await db.transaction((tx) =>
    createApiKey(tx, { name: "a key", scopes: ["orders:read"], by }, new Date()),
  );
  return { id: made.keyId };
}

/** Makes one of everything that the back office has an address for. Jobs run meanwhile, and none afterwards. */
export async function givenTargets(site: Site, server: ServingProcess): Promise<Targets> {
  const { db } = site;
  const worker = await startWorking(site);
  const billing = { ...someBilling, owner: `user/${randomUUID()}` };
  const batch = [{ ...draft, external_reference: "batch-1" }];
  const [{ order, mail }, imported, article, customer, { batch_id }, rate] = await Promise.all([
    givenPaidOrder(site, server),
    givenImport(site, server),
    givenArticle(server),
    read(server.send("POST", "/api/v2/customers", { body: billing })),
    read<{ batch_id: string }>(server.send("POST", "/api/v2/orders/batch", { body: batch })),
    givenTaxRate(server),
  ]);
  await worker.stop();
  return {
    "/api/v1/": order,
    "/api/v2/orders": order,
    "/api/v2/mails": { ...order, ...mail },
    "/api/v2/batches": { id: batch_id },
    "/api/v2/imports": imported,
    "/api/v2/products": article,
    "/api/v2/customers": customer,
    "/api/v2/tax-rates": { id: rate.id },
    "/api/v2/tasks": { id: await db.transaction((tx) => givenTask(tx)) },
    "/api/v2/jobs": { id: await db.transaction((tx) => givenFailedJob(tx, "made-up", {})) },
    "/api/v2/staff": await givenColleague(site),
    "/api/v2/api-keys": await givenKey(site),
  };
}
