import { cartLineRoutes } from "./carts/cart-line-routes.ts";
import { cartRoutes } from "./carts/cart-routes.ts";
import { openShopperTurns } from "./carts/index.ts";
import { imageRoutes } from "./catalog/image-routes.ts";
import { imageUploadRoutes } from "./catalog/image-upload-routes.ts";
import { priceRoutes } from "./catalog/price-routes.ts";
import { productRoutes } from "./catalog/product-routes.ts";
import { storeImageRoutes } from "./catalog/store-image-routes.ts";
import { storeProductRoutes } from "./catalog/store-product-routes.ts";
import { taxRateRoutes } from "./catalog/tax-rate-routes.ts";
import { translationRoutes } from "./catalog/translation-routes.ts";
import { checkoutRoutes } from "./checkout/checkout-routes.ts";
import { billingRoutes } from "./customers/billing-routes.ts";
import { customerRoutes } from "./customers/customer-routes.ts";
import { findReach } from "./customers/index.ts";
import type { buildServer } from "./http/build-server.ts";
import type { Shopper } from "./http/shopper.ts";
import { organizationsOf } from "./identity/index.ts";
import { storeOrderRoutes, storePaymentRoutes } from "./orders/store-order-routes.ts";
import { openSandboxNews } from "./payments/sandbox-news-client.ts";
import { sandboxRoutes } from "./payments/sandbox-routes.ts";
import { sandboxSessionRoutes } from "./payments/sandbox-session-routes.ts";
import type { Engine } from "./wire-engine.ts";

type Server = Awaited<ReturnType<typeof buildServer>>;

/** What is sold: for the back office, and for who looks at it. */
export async function registerCatalogue(app: Server, engine: Engine): Promise<void> {
  const { config } = engine;
  await app.register(imageUploadRoutes(engine));
  await app.register(imageRoutes(engine));
  await app.register(storeImageRoutes(engine));
  await app.register(storeProductRoutes(engine, { country: config.storeCountry, currency: config.storeCurrency }));
  for (const routes of [productRoutes, priceRoutes, translationRoutes, taxRateRoutes]) {
    await app.register(routes(engine));
  }
}

/** What shoppers use: carts, billing identities, checkout, and their own orders. */
export async function registerStore(app: Server, engine: Engine): Promise<void> {
  const { db, clock, config } = engine;
  await app.register(billingRoutes({ db, clock, organizationsOf }));
  await app.register(customerRoutes(engine));
  const place = { country: config.storeCountry, currency: config.storeCurrency };
  const turns = openShopperTurns();
  const carts = { db, clock, turns, ...place };
  await app.register(cartRoutes(carts));
  await app.register(cartLineRoutes(carts));
  const billersOf = async (shopper: Shopper) => (await findReach(db, shopper, organizationsOf)).changes;
  await app.register(checkoutRoutes({ ...engine, turns, billersOf }));
  const orders = { ...engine, linkSecret: engine.authSecret };
  await app.register(storeOrderRoutes(orders));
  await app.register(storePaymentRoutes(orders));
}

/** The embedded payment service, which stands for another company. */
export async function registerSandbox(app: Server, { db, clock, webhooks }: Engine): Promise<void> {
  const closing = new AbortController();
  app.addHook("preClose", async () => closing.abort());
  await app.register(sandboxRoutes(db, clock));
  const news = openSandboxNews(db, clock, { sendWebhook: webhooks.send, closing: closing.signal });
  await app.register(sandboxSessionRoutes(db, clock, news));
}
