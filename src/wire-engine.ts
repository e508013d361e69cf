import manifest from "../package.json" with { type: "json" };
import { pictureMaker } from "./catalog/image-decoder-client.ts";
import { type PictureMaker, removeImageFiles } from "./catalog/index.ts";
import { tellAccount } from "./identity/index.ts";
import { runImport } from "./imports/index.ts";
import { authSecretText, webhookSecretText } from "./keep-secrets.ts";
import { measureEngine } from "./measure-engine.ts";
import type { Channel } from "./notifications/index.ts";
import { mailboxChannel } from "./notifications/mailbox-client.ts";
import { notificationApiChannel } from "./notifications/notification-api-client.ts";
import { smtpChannel } from "./notifications/smtp-client.ts";
import { openTraces } from "./observe-engine.ts";
import {
  type Counter,
  type OrderIdStock,
  type OrderPolicy,
  openOrderIdStock,
  openPaymentDesk,
  type PaymentDesk,
  payBatch,
  refundPayment,
  tellCustomer,
} from "./orders/index.ts";
import {
  embeddedLimits,
  type GuardedGateway,
  guarded,
  measured,
  parseWebhookSecrets,
  remoteLimits,
  type WebhookSecrets,
  workWebhook,
} from "./payments/index.ts";
import { paymentServiceGateway } from "./payments/payment-service-client.ts";
import { sandboxGateway } from "./payments/sandbox-client.ts";
import { openWebhookSender, type WebhookSender } from "./payments/webhook-client.ts";
import type { BlobStore } from "./platform/blob-store.ts";
import { systemClock } from "./platform/clock.ts";
import type { Config } from "./platform/config.ts";
import { type Db, openDb } from "./platform/db.ts";
import { armFailpoints } from "./platform/failpoints.ts";
import { prepareJobs } from "./platform/jobs.ts";
import type { Log } from "./platform/log.ts";
import type { Metrics } from "./platform/metrics.ts";
import { migrate } from "./platform/migrate.ts";
import { once } from "./platform/once.ts";
import { openBlobStore } from "./platform/open-blob-client.ts";
import { openLog } from "./platform/open-log.ts";
import { openPublicAddress, type PublicAddress } from "./platform/public-address.ts";

/** Every kind of job that may be queued. */
const declarations = [tellAccount, tellCustomer, refundPayment, workWebhook, payBatch, runImport, removeImageFiles];

/** What a process of either kind is put together from. */
export interface Engine extends Counter {
  readonly config: Config;
  readonly url: string;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly channel: Channel;
  readonly blobs: BlobStore;
  readonly pictures: PictureMaker;
  readonly desk: PaymentDesk;
  readonly orderIds: OrderIdStock;
  /** Origins of shop pages on other hosts. */
  readonly trustedOrigins: readonly string[];
  readonly webhooks: WebhookSender;
  readonly webhookSecrets: WebhookSecrets;
  /** Signs cookies and links. */
  readonly authSecret: string;
  /** Where the links that people are sent lead. */
  readonly publicAddress: PublicAddress;
  close(): Promise<void>;
}

/** Opens everything that a process works with, on a database that is reached at `url`. Migrates first. */
export async function openEngine(config: Config, url: string, kind: "serve" | "work"): Promise<Engine> {
  if (config.failpoints !== "") armFailpoints(config.failpoints);
  await migrate(url);
  const log = openLog(config.logLevel);
  const traces = await openTraces(config, log, manifest.version);
  const db = openDb({
    url,
    applicationName: `orderwell ${kind}`,
    connections: config.databaseConnections,
    statementTimeoutMs: config.databaseTimeoutMs,
    onIdleError: (err) => log.warn({ err }, "A resting database connection broke; it is replaced."),
  });
  await prepareJobs(db, declarations);
  const webhookSecrets = parseWebhookSecrets(await webhookSecretText(config));
  const webhooks = openWebhookSender(webhookSecrets, systemClock);
  const publicAddress = openPublicAddress(config);
  const gateway = openGateway(config, db, { webhooks, publicAddress });
  const counter = { db, gateway, clock: systemClock, policy: policyOf(config) };
  const channel = openChannel(config, db);
  const blobs = openBlobStore(config);
  const close = once(async () => {
    await gateway.close();
    await channel.close();
    await blobs.close();
    await db.close();
    await traces.close();
  });
  const metrics = measureEngine({ db, gateway, version: manifest.version });
  return {
    ...counter,
    config,
    url,
    log,
    metrics,
    channel,
    blobs,
    pictures: pictureMaker(),
    desk: openPaymentDesk(counter),
    orderIds: openOrderIdStock(db),
    publicAddress,
    trustedOrigins: config.trustedOrigins === "" ? [] : config.trustedOrigins.split(","),
    webhooks,
    webhookSecrets,
    authSecret: await authSecretText(config),
    close,
  };
}

function policyOf(config: Config): OrderPolicy {
  return {
    expiryMs: config.orderExpiryMs,
    firstCheckMs: config.paymentTimeoutMs + config.paymentGraceMs,
    againMs: config.paymentCheckMs,
  };
}

/** The configured gateway with limits around it, and counted. */
function openGateway(
  config: Config,
  db: Db,
  { webhooks, publicAddress }: Pick<Engine, "webhooks" | "publicAddress">,
): GuardedGateway {
  const timeoutMs = config.paymentTimeoutMs;
  if (config.paymentServiceUrl === "") {
    const sandbox = sandboxGateway(db, systemClock, {
      timeoutMs,
      sendWebhook: webhooks.send,
      pagesAt: () => publicAddress.url(),
    });
    return measured(guarded(sandbox, { ...embeddedLimits, timeoutMs }));
  }
  const service = paymentServiceGateway({
    url: config.paymentServiceUrl,
    token: config.paymentServiceToken,
    timeoutMs,
    keysHonoured: config.paymentServiceKeys === "honoured",
  });
  return measured(guarded(service, { ...remoteLimits, timeoutMs }));
}

function openChannel(config: Config, db: Db): Channel {
  const from = config.mailFrom;
  if (config.notificationServiceUrl !== "") return notificationApiChannel({ url: config.notificationServiceUrl, from });
  if (config.smtpUrl !== "") return smtpChannel({ url: config.smtpUrl, from });
  return mailboxChannel(db, systemClock, { from });
}
