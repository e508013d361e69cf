import { isIP } from "node:net";

/** One setting: where it comes from, what it may be, what it is for. `docs/config.md` lists the same, and a test compares. */
export interface Setting<Value> {
  readonly env: string;
  readonly flag?: string;
  readonly fallback: Value;
  readonly help: string;
  /** Not to be shown, not even when it is wrong. */
  readonly secret?: true;
  /** Answers the value, or the sentence that says what it should have been. */
  read(text: string): { value: Value } | { wrong: string };
}

function text(setting: Omit<Setting<string>, "read">): Setting<string> {
  return { ...setting, read: (given) => ({ value: given }) };
}

function url(setting: Omit<Setting<string>, "read">, protocols: string[]): Setting<string> {
  return {
    ...setting,
    read: (given) =>
      URL.canParse(given) && protocols.includes(new URL(given).protocol)
        ? { value: given }
        : { wrong: `a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}` },
  };
}

function whole(setting: Omit<Setting<number>, "read">, bounds: { from: number; to: number }): Setting<number> {
  return {
    ...setting,
    read: (given) => {
      const value = /^\d{1,10}$/.test(given) ? Number(given) : Number.NaN;
      return value >= bounds.from && value <= bounds.to
        ? { value }
        : { wrong: `a whole number from ${bounds.from} to ${bounds.to}` };
    },
  };
}

function oneOf<Choice extends string>(
  setting: Omit<Setting<Choice>, "read">,
  choices: readonly Choice[],
): Setting<Choice> {
  return {
    ...setting,
    read: (given) => {
      const value = choices.find((choice) => choice === given);
      return value === undefined ? { wrong: choices.join(" or ") } : { value };
    },
  };
}

function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address) as 0 | 4 | 6];
  return (
    longest > 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest))
  );
}

function networks(setting: Omit<Setting<string>, "read">): Setting<string> {
  return {
    ...setting,
    read: (given) => {
      const all = given.split(",").map((one) => one.trim());
      return all.every(isNetwork)
        ? { value: all.join(",") }
        : { wrong: "addresses or networks such as 10.0.0.0/8, joined by commas" };
    },
  };
}

const shortestSecretBytes = 24; // Source: Standard Webhooks 1.0, "Signature scheme".

function isWebhookSecret(text: string): boolean {
  const [, encoded] = /^(?:whsec_)?([A-Za-z0-9+/]+=*)$/.exec(text) ?? [];
  return encoded !== undefined && Buffer.from(encoded, "base64").length >= shortestSecretBytes;
}

function webhookSecrets(setting: Omit<Setting<string>, "read">): Setting<string> {
  return {
    ...setting,
    secret: true,
    read: (given) =>
      given.split(",").every((one) => isWebhookSecret(one.trim()))
        ? { value: given }
        : { wrong: `base64 of ${shortestSecretBytes} bytes or more, with whsec_ before it; several joined by commas` },
  };
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const twoYearsSeconds = 63_072_000;

/** Every setting. A flag wins over the environment, the environment over the fallback. */
export const settings = {
  databaseUrl: url(
    {
      env: "DATABASE_URL",
      flag: "database-url",
      fallback: "",
      help: "A PostgreSQL, 15 or later, in place of the embedded one.",
    },
    ["postgres:", "postgresql:"],
  ),
  dataDir: text({
    env: "DATA_DIR",
    flag: "data-dir",
    fallback: ".orderwell",
    help: "Where the embedded database, its secrets and the first API key are kept.",
  }),
  host: text({ env: "HOST", flag: "host", fallback: "127.0.0.1", help: "The address to listen on." }),
  port: whole(
    { env: "PORT", flag: "port", fallback: 8080, help: "The port to listen on; 0 takes a free one." },
    { from: 0, to: 65_535 },
  ),
  logLevel: oneOf({ env: "LOG_LEVEL", flag: "log-level", fallback: "warn", help: "How much is logged." }, [
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "silent",
  ]),
  metricsPort: whole(
    {
      env: "METRICS_PORT",
      fallback: 0,
      help: "A second port, with metrics and health and without keys; 0 opens none.",
    },
    { from: 0, to: 65_535 },
  ),
  metricsHost: text({ env: "METRICS_HOST", fallback: "127.0.0.1", help: "The address of that port." }),
  tracesEndpoint: url(
    {
      env: "OTEL_EXPORTER_OTLP_ENDPOINT",
      fallback: "",
      help: "Where traces are sent by OTLP over HTTP; without it nothing is traced.",
    },
    ["http:", "https:"],
  ),
  tracesName: text({ env: "OTEL_SERVICE_NAME", fallback: "orderwell", help: "What this program is called in traces." }),
  tracesPercent: whole(
    { env: "TRACES_PERCENT", fallback: 100, help: "Of the traces that begin here, how many of a hundred are kept." },
    { from: 0, to: 100 },
  ),
  databaseConnections: whole(
    { env: "DATABASE_CONNECTIONS", fallback: 10, help: "Connections that one process opens for requests and jobs." },
    { from: 2, to: 200 },
  ),
  databaseTimeoutMs: whole(
    {
      env: "DATABASE_TIMEOUT_MS",
      fallback: 10_000,
      help: "How long one statement may take; a connection that gives no answer is given up soon after.",
    },
    { from: 100, to: hourMs },
  ),
  serveJobs: oneOf(
    {
      env: "SERVE_JOBS",
      flag: "jobs",
      fallback: "here",
      help: "Where the jobs of `serve` run: in its own process, or elsewhere, in `orderwell work`.",
    },
    ["here", "elsewhere"],
  ),
  jobsAtOnce: whole(
    { env: "JOBS_AT_ONCE", fallback: 100, help: "Jobs that one process runs at once." },
    { from: 1, to: 1000 },
  ),
  requestTimeoutMs: whole(
    { env: "REQUEST_TIMEOUT_MS", fallback: minuteMs, help: "The longest time for a whole request to arrive." },
    { from: 100, to: hourMs },
  ),
  rateLimitPrincipal: whole(
    {
      env: "RATE_LIMIT_PRINCIPAL",
      fallback: 20_000,
      help: "Requests a second of one API key that one process answers, ten times as many at once; 0 for no limit.",
    },
    { from: 0, to: 1_000_000 },
  ),
  rateLimitAddress: whole(
    {
      env: "RATE_LIMIT_ADDRESS",
      fallback: 20_000,
      help: "The same for one address (of IPv6, one network of 64 bits).",
    },
    { from: 0, to: 1_000_000 },
  ),
  rateLimitGuesses: whole(
    {
      env: "RATE_LIMIT_GUESSES",
      fallback: 100,
      help: "Wrong API keys and wrong webhook signatures a minute from one address; 0 for no limit.",
    },
    { from: 0, to: 1_000_000 },
  ),
  trustedProxies: networks({
    env: "TRUST_PROXY",
    fallback: "",
    help: "Addresses or networks of proxies, comma-separated, whose X-Forwarded-For is believed; without it nobody's is.",
  }),
  hstsSeconds: whole(
    {
      env: "HSTS_SECONDS",
      fallback: 0,
      help: "How long browsers shall come by TLS alone (Strict-Transport-Security); 0 says nothing. Only behind TLS.",
    },
    { from: 0, to: twoYearsSeconds },
  ),
  drainTimeoutMs: whole(
    { env: "DRAIN_TIMEOUT_MS", fallback: 40_000, help: "How long requests and jobs under way may take after SIGTERM." },
    { from: 0, to: hourMs },
  ),
  leaseSeconds: whole(
    {
      env: "LEASE_SECONDS",
      fallback: 30,
      help: "A process that is silent for so long, by database time, is taken for dead.",
    },
    { from: 1, to: 3600 },
  ),
  orderExpiryMs: whole(
    { env: "ORDER_EXPIRY_MS", fallback: 24 * hourMs, help: "How long an unpaid order waits before it is cancelled." },
    { from: 1000, to: 1_000_000_000 },
  ),
  paymentServiceUrl: url(
    {
      env: "PAYMENT_SERVICE_URL",
      fallback: "",
      help: "A payment service with the contract of docs/payments.md; without it the embedded sandbox takes the money.",
    },
    ["http:", "https:"],
  ),
  paymentServiceKeys: oneOf(
    {
      env: "PAYMENT_SERVICE_KEYS",
      fallback: "ignored",
      help: "Whether that service honours Idempotency-Key; only then are payments asked for again after an unknown outcome.",
    },
    ["honoured", "ignored"],
  ),
  paymentServiceToken: text({
    env: "PAYMENT_SERVICE_TOKEN",
    fallback: "",
    help: "Sent to the payment service as a bearer token.",
  }),
  paymentTimeoutMs: whole(
    { env: "PAYMENT_TIMEOUT_MS", fallback: 30_000, help: "How long one call to a gateway may take." },
    { from: 50, to: 10 * minuteMs },
  ),
  paymentGraceMs: whole(
    {
      env: "PAYMENT_GRACE_MS",
      fallback: 10_000,
      help: "How long after that time a payment that its process did not finish is recovery's.",
    },
    { from: 100, to: hourMs },
  ),
  paymentCheckMs: whole(
    {
      env: "PAYMENT_CHECK_MS",
      fallback: 5_000,
      help: "How soon an unknown outcome is asked for again, at first; the waits grow from there.",
    },
    { from: 10, to: hourMs },
  ),
  paymentWebhookSecrets: webhookSecrets({
    env: "PAYMENT_WEBHOOK_SECRETS",
    fallback: "",
    help: "Secrets of the payment webhook (Standard Webhooks, whsec_…), comma-separated while they rotate.",
  }),
  webhookWaitMs: whole(
    {
      env: "WEBHOOK_WAIT_MS",
      fallback: 15 * minuteMs,
      help: "How long a payment webhook that fits nothing yet is tried again before a person is asked.",
    },
    { from: 100, to: 1_000_000_000 },
  ),
  webhookRetentionDays: whole(
    {
      env: "WEBHOOK_RETENTION_DAYS",
      fallback: 30,
      help: "How long payment webhooks are kept once they are worked on.",
    },
    { from: 4, to: 3650 },
  ),
  notificationServiceUrl: url(
    { env: "NOTIFICATION_SERVICE_URL", fallback: "", help: "A notification service that sends the mails." },
    ["http:", "https:"],
  ),
  smtpUrl: url({ env: "SMTP_URL", fallback: "", help: "An SMTP server that sends the mails." }, ["smtp:", "smtps:"]),
  mailFrom: text({ env: "MAIL_FROM", fallback: "Orderwell <orders@shop.example>", help: "The sender of the mails." }),
  mailRetentionDays: whole(
    {
      env: "MAIL_RETENTION_DAYS",
      fallback: 90,
      help: "How long the embedded mailbox keeps a mail; 0 keeps all.",
    },
    { from: 0, to: 36_500 },
  ),
  failpoints: text({
    env: "FAILPOINTS",
    fallback: "",
    help: "Points where the process fails on purpose; for tests only.",
  }),
} as const;
