import manifest from "../package.json" with { type: "json" };
import { apiTags } from "./api-tags.ts";
import { auditRoutes } from "./audit/audit-routes.ts";
import { expireAllCarts } from "./carts/cart-jobs.ts";
import { removeImageFilesJob } from "./catalog/image-jobs.ts";
import { clearLeftImages } from "./catalog/index.ts";
import { eventRoutes } from "./events/event-routes.ts";
import { eventStreamRoutes } from "./events/event-stream-routes.ts";
import { openFeedTail, startSequencer } from "./events/index.ts";
import { buildServer } from "./http/build-server.ts";
import { forgetKeys } from "./http/claim-keys.ts";
import { reachableAddress } from "./http/reachable-address.ts";
import type { Readiness } from "./http/serve-health.ts";
import { keepFirstKey } from "./identity/index.ts";
import { runImportJob } from "./imports/import-jobs.ts";
import { importProgressRoutes } from "./imports/import-progress-routes.ts";
import { importRoutes } from "./imports/import-routes.ts";
import { importUploadRoutes } from "./imports/import-upload-routes.ts";
import { importVerbRoutes } from "./imports/import-verb-routes.ts";
import { clearLeftFiles, clearOldFiles, openImportWatch } from "./imports/index.ts";
import { tellAccountJob } from "./notifications/account-letter-jobs.ts";
import { mailRoutes } from "./notifications/mail-routes.ts";
import { forgetOldMails, tellCustomerJob } from "./notifications/notification-jobs.ts";
import { notificationRoutes } from "./notifications/notification-routes.ts";
import { type Observation, openOperatorsPort } from "./observe-engine.ts";
import { getOrderId, linkToOrder, nameOrders } from "./orders/index.ts";
import { orderBatchRoutes } from "./orders/order-batch-routes.ts";
import { orderCreateRoutes } from "./orders/order-create-routes.ts";
import {
  completeAllAnswers,
  expireOrders,
  forgetOldWebhooks,
  indexNewOrders,
  payBatchJob,
  reconcileAll,
  refundPaymentJob,
  workWebhookJob,
} from "./orders/order-jobs.ts";
import { orderListRoutes } from "./orders/order-list-routes.ts";
import { orderPaymentRoutes } from "./orders/order-payment-routes.ts";
import { orderRefundRoutes } from "./orders/order-refund-routes.ts";
import { orderRoutes } from "./orders/order-routes.ts";
import { moveOrderV1Routes, placeOrderV1Routes, readOrderV1Routes } from "./orders/order-v1-routes.ts";
import { orderWebhookRoutes } from "./orders/order-webhook-routes.ts";
import { openWebhookInbox } from "./payments/index.ts";
import type { Config } from "./platform/config.ts";
import type { Job } from "./platform/jobs.ts";
import { once } from "./platform/once.ts";
import { isReachable } from "./platform/ping-database.ts";
import { startPeriodic } from "./platform/start-periodic.ts";
import { startWorker } from "./platform/start-worker.ts";
import { jobRoutes } from "./tasks/job-routes.ts";
import { watchJobs } from "./tasks/task-jobs.ts";
import { taskRoutes } from "./tasks/task-routes.ts";
import { type Engine, openEngine } from "./wire-engine.ts";
import {
  forgetAllOver,
  type Identity,
  mergeVisitor,
  openIdentity,
  registerIdentity,
  setupLinkOf,
} from "./wire-identity.ts";
import { registerCatalogue, registerSandbox, registerStore } from "./wire-store.ts";

const reconcileMs = 1_000; // How late a due question to a gateway may be asked.
const completeMs = 30_000; // Who repeats a request sooner has its answer completed then and there.
const cleanUpMs = 600_000; // Keys are kept for a day; ten minutes more are nothing.
const sweepMs = 3_600_000; // It looks at every file of every image, and what is left over takes only room.
const watchMs = 10_000; // It reads every job that waits; a person hears of a job that failed for days soon enough.
const dayMs = 86_400_000;
const searchMs = 500; // How late a new order may be found by its words when all is quiet.
const expireMs = 30_000; // Deadlines are in hours; half a minute late is on time.

/** A process that was started. `stop` finishes what is under way; a second call waits for the first. */
export interface Running {
  stop(): Promise<void>;
}

export interface Serving extends Running {
  readonly address: string;
  /** The key of the first start, for the line that can be pasted. */
  readonly apiKey: string;
  /** Where the first owner makes an account, once; undefined when there is an owner. */
  readonly setupLink: string | undefined;
}

/**
 * Serves the API and runs jobs in this process, on a database that is reached at `url`. Migrates first.
 * Resolves with its address when the port is open.
 */
export async function startServe(config: Config, url: string): Promise<Serving> {
  const engine = await openEngine(config, url, "serve");
  try {
    const apiKey = await keepFirstKey(engine.db, engine.clock, config.dataDir);
    const identity = openIdentity(engine, mergeVisitor(engine));
    const app = await buildApp(engine, identity);
    const work = config.serveJobs === "here" ? await startWorking(engine) : nothing;
    let port: Observation | undefined;
    const stop = once(async () => {
      await app.drain(config.drainTimeoutMs);
      await work.stop();
      await port?.close();
      await identity.close();
      await engine.close();
    });
    try {
      const ready = async () => (app.isDraining() ? draining : readinessOf(engine));
      port = await openOperatorsPort(config, { metrics: engine.metrics, ready });
      await app.listen({ host: config.host, port: config.port });
    } catch (error) {
      await stop();
      throw error;
    }
    const address = reachableAddress(app.server);
    engine.webhooks.sendTo(address);
    engine.publicAddress.listensAt(address);
    return { address, apiKey, setupLink: await setupLinkOf(engine), stop };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** Runs jobs in this process and answers no requests. Migrates first. */
export async function startWork(config: Config, url: string): Promise<Running> {
  const engine = await openEngine(config, url, "work");
  const work = await startWorking(engine);
  let port: Observation | undefined;
  const stop = once(async () => {
    await work.stop();
    await port?.close();
    await engine.close();
  });
  try {
    port = await openOperatorsPort(config, { metrics: engine.metrics, ready: () => readinessOf(engine) });
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

const draining: Readiness = { ok: false, checks: { server: "draining" } };

async function readinessOf({ db }: Engine): Promise<Readiness> {
  const database = await isReachable(db);
  return { ok: database, checks: { database: database ? "ok" : "cannot be reached" } };
}

type Server = Awaited<ReturnType<typeof buildServer>>;

/** The routes of every module. */
async function buildApp(engine: Engine, identity: Identity): Promise<Server> {
  const { db, clock, config, desk } = engine;
  const app = await buildServer({
    title: "Orderwell",
    version: manifest.version,
    tags: apiTags,
    logLevel: config.logLevel,
    limits: { requestTimeoutMs: config.requestTimeoutMs },
    rateLimits: {
      principalPerSecond: config.rateLimitPrincipal,
      addressPerSecond: config.rateLimitAddress,
      guessesPerMinute: config.rateLimitGuesses,
    },
    trustedProxies: config.trustedProxies,
    hstsSeconds: config.hstsSeconds,
    authenticate: identity.authenticate,
    shoppers: identity.accounts.shoppers,
    trustedOrigins: engine.trustedOrigins,
    metrics: engine.metrics,
    ready: () => readinessOf(engine),
  });
  await app.register(placeOrderV1Routes(engine, desk));
  await app.register(readOrderV1Routes(engine));
  await app.register(moveOrderV1Routes(engine));
  const webhooks = { inbox: openWebhookInbox(db, clock), clock, secrets: engine.webhookSecrets };
  await app.register(orderWebhookRoutes({ ...webhooks, gateway: engine.gateway.name }));
  await app.register(orderRoutes(db));
  await app.register(orderListRoutes(engine));
  await app.register(orderCreateRoutes(engine, desk));
  await app.register(orderBatchRoutes(engine));
  await app.register(orderPaymentRoutes(engine, desk));
  await app.register(orderRefundRoutes(engine));
  const files = { ...engine, fileBytes: config.importMostBytes, uploads: config.importUploads };
  await app.register(importUploadRoutes(files));
  await app.register(importRoutes(db));
  await app.register(importVerbRoutes(engine));
  await app.register(importProgressRoutes({ db, clock, watch: openImportWatch(engine) }));
  await app.register(eventRoutes(db));
  await app.register(eventStreamRoutes(openFeedTail({ db, log: engine.log })));
  await app.register(taskRoutes(engine, orderNames));
  await app.register(jobRoutes({ db, clock, jobs: jobsOf(engine) }, orderNames));
  await app.register(auditRoutes(db));
  await registerIdentity(app, identity);
  await app.register(mailRoutes(db));
  await app.register(notificationRoutes(db, clock));
  await registerCatalogue(app, engine);
  await registerStore(app, engine);
  if (config.paymentServiceUrl === "") await registerSandbox(app, engine);
  return app;
}

/** How tasks and jobs, which stand below orders, call the orders that they are about. */
const orderNames = { find: getOrderId, name: nameOrders };

/** Every kind of job that this version runs. */
function jobsOf(engine: Engine): Job<object>[] {
  const { db, clock, channel, config, desk, publicAddress } = engine;
  const validMs = config.orderLinkDays * dayMs;
  const links = { secret: engine.authSecret, validMs, pagesAt: () => publicAddress.url() };
  return [
    tellCustomerJob(db, { ...channel, linkTo: (order) => linkToOrder(order, links) }, clock),
    tellAccountJob(engine),
    refundPaymentJob(engine),
    workWebhookJob(engine, desk, { earlyMs: config.webhookWaitMs }),
    payBatchJob(engine, desk),
    runImportJob(engine),
    removeImageFilesJob(engine),
  ];
}

/** Jobs, the feed's numbering, and what is done again and again; of several processes one does each of the latter. */
async function startWorking(engine: Engine): Promise<Running> {
  const { db, url, log, config, clock, desk } = engine;
  const { leaseSeconds } = config;
  const jobs = jobsOf(engine);
  const worker = await startWorker({
    url,
    db,
    log,
    jobs,
    atOnce: config.jobsAtOnce,
    graceMs: config.drainTimeoutMs,
    statementTimeoutMs: config.databaseTimeoutMs,
    leaseSeconds,
  });
  const sequencer = startSequencer({ db, log, leaseSeconds });
  const everyMs = (name: string, ms: number, run: () => Promise<void>) =>
    startPeriodic({ db, log, name, everyMs: ms, leaseSeconds, run });
  const chores = [
    everyMs("reconciler", reconcileMs, () => reconcileAll(engine, desk)),
    everyMs("search", searchMs, () => indexNewOrders(engine)),
    everyMs("expiry", expireMs, () => expireOrders(engine)),
    everyMs("answers", completeMs, () => completeAllAnswers(engine)),
    everyMs("webhook-cleanup", cleanUpMs, () => forgetOldWebhooks(engine, config.webhookRetentionDays * dayMs)),
    everyMs("job-watch", watchMs, () =>
      watchJobs(
        db,
        clock,
        jobs.map(({ declaration }) => declaration.name),
      ),
    ),
    ...(config.mailRetentionDays > 0
      ? [everyMs("mail-cleanup", cleanUpMs, () => forgetOldMails(db, clock, config.mailRetentionDays * dayMs))]
      : []),
    everyMs("cart-expiry", cleanUpMs, () => expireAllCarts(engine, config.cartExpiryDays * dayMs)),
    everyMs("import-files", cleanUpMs, () => clearOldFiles(engine, config.importRetentionDays * dayMs)),
    everyMs("left-files", cleanUpMs, () => clearLeftFiles(engine)),
    everyMs("left-images", sweepMs, () => clearLeftImages(engine)),
    everyMs("identity-cleanup", cleanUpMs, () => forgetAllOver(engine)),
    everyMs("key-cleanup", cleanUpMs, () => forgetAllKeys(engine)),
  ];
  return {
    async stop() {
      await Promise.all([worker.stop(), ...chores.map((chore) => chore.stop())]);
      // Last, so that what the others still did has its place in the feed.
      await sequencer.stop();
    },
  };
}

/** Idempotency keys whose day is over, a thousand at a time. */
async function forgetAllKeys({ db, clock }: Engine): Promise<void> {
  while ((await forgetKeys(db, clock.now())) > 0);
}

const nothing: Running = { stop: () => Promise.resolve() };
