import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Answered, ServingProcess } from "./serve.ts";

/** A browser that shops: keeps the cookies that it is given, and sends no API key. */
export interface StoreClient {
  send(method: string, path: string, asking?: StoreAsking): Promise<Answered>;
  /** Sends and reads JSON; fails on any refusal. */
  ask<Body = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Body>;
  /** The cookies that it has, by name. */
  readonly cookies: Map<string, string>;
}

export interface StoreAsking {
  readonly body?: unknown;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Origin = Pick<ServingProcess, "address">;

function keepCookies(cookies: Map<string, string>, { headers }: Response): void {
  for (const line of headers.getSetCookie()) {
    const [pair = ""] = line.split(";");
    const name = pair.slice(0, pair.indexOf("="));
    const value = pair.slice(name.length + 1);
    if (value === "" || /;\s*max-age=0/i.test(line)) cookies.delete(name);
    else cookies.set(name, value);
  }
}

export function openStoreClient({ address }: Origin, cookies = new Map<string, string>()): StoreClient {
  async function send(method: string, path: string, asking: StoreAsking = {}): Promise<Answered> {
    const { body, key, headers = {} } = asking;
    const sent: Record<string, string> = { "accept-language": "en", ...headers };
    if (cookies.size > 0) sent.cookie ??= [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    if (body !== undefined) sent["content-type"] ??= "application/json";
    if (key !== undefined) sent["idempotency-key"] = key;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const url = path.startsWith("http") ? path : `${address}${path}`;
    const response = await fetch(url, {
      method,
      headers: sent,
      redirect: "manual",
      ...(text === undefined ? {} : { body: text }),
    });
    keepCookies(cookies, response);
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
  return {
    cookies,
    send,
    async ask<Body>(method: string, path: string, body?: unknown) {
      const answer = await send(method, path, body === undefined ? {} : { body });
      assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
      return (answer.text === "" ? {} : JSON.parse(answer.text)) as Body;
    },
  };
}

/** What is on sale in tests; each part can be chosen. */
export interface WantedProduct {
  readonly key?: string;
  readonly providerId?: string;
  readonly taxCode?: string;
  readonly unitAmount?: number;
  readonly currency?: string;
  readonly interval?: string;
  readonly name?: string;
}

export interface GivenProduct {
  readonly productId: string;
  readonly key: string;
  readonly priceId: string;
}

async function read<Body>(answer: Promise<Answered>): Promise<Body> {
  const { status, text } = await answer;
  assert.ok(status < 300, `${status} ${text}`);
  return JSON.parse(text) as Body;
}

/** Puts a product on sale through the back office's API. */
export async function givenProduct(server: ServingProcess, wanted: WantedProduct = {}): Promise<GivenProduct> {
  const key = wanted.key ?? `tea-${randomUUID().slice(0, 8)}`;
  const product = await read<{ id: string }>(
    server.send("POST", "/api/v2/products", {
      body: {
        key,
        sku: `SKU-${key}`,
        tax_code: wanted.taxCode ?? "food",
        shippable: true,
        ...(wanted.providerId === undefined ? {} : { provider_id: wanted.providerId }),
      },
    }),
  );
  const words = { name: wanted.name ?? "Sencha", checkout_description: "100 g", description: "Green tea." };
  await read(server.send("PUT", `/api/v2/products/${key}/translations/en`, { body: words }));
  const terms = {
    unit_amount: wanted.unitAmount ?? 1296,
    currency: wanted.currency ?? "JPY",
    ...(wanted.interval === undefined ? {} : { interval: wanted.interval }),
  };
  const price = await read<{ id: string }>(server.send("POST", `/api/v2/products/${key}/prices`, { body: terms }));
  return { productId: product.id, key, priceId: price.id };
}

/** Japan's reduced rate, which prices have in them. */
export async function givenTaxRate(server: ServingProcess, more: object = {}): Promise<{ id: string }> {
  const body = { name: "消費税", percentage: 8, country: "JP", inclusive: true, tax_code: "food", ...more };
  return read(server.send("POST", "/api/v2/tax-rates", { body }));
}

export const someBilling = {
  name: "Hanako Tanaka",
  email: "hanako@example.co.jp",
  address: { line1: "1-1-1 Marunouchi", city: "Chiyoda-ku", postal_code: "100-0005", country: "JP" },
};

export interface ShownCart {
  readonly cart_id: string;
  readonly total_amount: number;
}

export interface ShownOrder {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly total_amount: number;
  readonly payable: boolean;
  readonly paid_at: string | null;
  readonly payment: {
    readonly attempt: number;
    readonly state: string;
    readonly failure: string | null;
    readonly session_id: string | null;
    readonly url: string | null;
  } | null;
  readonly details: {
    readonly lines: readonly Record<string, unknown>[];
    readonly billing: Record<string, unknown>;
  } & Record<string, unknown>;
}

/** Puts something in the cart and answers the cart. */
export function add(client: StoreClient, priceId: string, quantity = 1): Promise<ShownCart> {
  return client.ask<ShownCart>("POST", "/api/store/cart/lines", { price_id: priceId, quantity });
}

/** What a shopper sends who orders the cart as it was shown. */
export function orderOf(cart: ShownCart, more: object = { billing: someBilling }): object {
  return { cart_id: cart.cart_id, total_amount: cart.total_amount, ...more };
}

/** Orders a cart of one product, and answers the order that waits to be paid. */
export async function givenCheckout(client: StoreClient, priceId: string): Promise<ShownOrder> {
  return client.ask<ShownOrder>("POST", "/api/store/checkout", orderOf(await add(client, priceId)));
}

/** Does on the sandbox's page what the shopper chose. */
export async function onPage(server: Origin, order: ShownOrder, action = "pay"): Promise<Answered> {
  const response = await fetch(`${server.address}/api/v1/payments/sessions/${order.payment?.session_id}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ action }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
