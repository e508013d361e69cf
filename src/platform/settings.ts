import { country, currency, networks, oneOf, origins, secret, text, url, webhookSecrets, whole } from "./setting.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const gibibyte = 1_073_741_824;
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
  publicUrl: url(
    {
      env: "PUBLIC_URL",
      fallback: "",
      help: "Where shoppers reach this server, for links and cookies; without it, http at the address it listens on.",
    },
    ["http:", "https:"],
  ),
  authSecret: secret({
    env: "AUTH_SECRET",
    fallback: "",
    help: "Signs cookies and links; without it one is kept under DATA_DIR. Processes of one installation share it.",
  }),
  trustedOrigins: origins({
    env: "TRUSTED_ORIGINS",
    fallback: "",
    help: "Origins of shop pages on other hosts, comma-separated, that may write with a shopper's cookies.",
  }),
  orderLinkDays: whole(
    {
      env: "ORDER_LINK_DAYS",
      fallback: 60,
      help: "How long the link in a mail opens its order, from the order's last move on.",
    },
    { from: 1, to: 3650 },
  ),
  oidcIssuer: url(
    {
      env: "OIDC_ISSUER",
      fallback: "",
      help: "An OpenID Connect issuer at which people may sign in too, as its discovery document names it.",
    },
    ["http:", "https:"],
  ),
  oidcClientId: text({ env: "OIDC_CLIENT_ID", fallback: "", help: "By which the issuer knows this program." }),
  oidcClientSecret: secret({
    env: "OIDC_CLIENT_SECRET",
    fallback: "",
    help: "The secret that goes with it; empty for a client that has none.",
  }),
  oidcStaffClaim: text({
    env: "OIDC_STAFF_CLAIM",
    fallback: "",
    help: "The claim that holds our names of roles, for those who work here; without it the issuer gives none.",
  }),
  storeCountry: country({
    env: "STORE_COUNTRY",
    fallback: "JP",
    help: "The country (ISO 3166-1) whose taxes are shown until the shopper says where the bill goes.",
  }),
  storeCurrency: currency({
    env: "STORE_CURRENCY",
    fallback: "JPY",
    help: "The currency (ISO 4217) in which prices are shown when the shopper asks for no other.",
  }),
  cartExpiryDays: whole(
    {
      env: "CART_EXPIRY_DAYS",
      fallback: 90,
      help: "How long a cart is kept that nobody touches and that became no order.",
    },
    { from: 1, to: 3650 },
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
  blobDir: text({
    env: "BLOB_DIR",
    fallback: "",
    help: "Where files of imports are kept; without it, in `blobs` under DATA_DIR. Processes of one installation share it.",
  }),
  blobUrl: url(
    { env: "BLOB_URL", fallback: "", help: "A bucket and prefix, s3://bucket/prefix, to keep them in instead." },
    ["s3:"],
  ),
  s3Endpoint: url({ env: "S3_ENDPOINT", fallback: "", help: "Where S3 is spoken, when not at AWS." }, [
    "http:",
    "https:",
  ]),
  s3Region: text({ env: "S3_REGION", fallback: "us-east-1", help: "The bucket's region." }),
  s3Addressing: oneOf(
    {
      env: "S3_ADDRESSING",
      fallback: "host",
      help: "Where the bucket's name stands: in the host name or in the path.",
    },
    ["host", "path"],
  ),
  s3AccessKeyId: text({
    env: "S3_ACCESS_KEY_ID",
    fallback: "",
    help: "The access key; without it, what the AWS SDK finds: its variables, profiles, the machine's role.",
  }),
  s3SecretAccessKey: secret({ env: "S3_SECRET_ACCESS_KEY", fallback: "", help: "The secret of that key." }),
  importMostBytes: whole(
    { env: "IMPORT_MOST_BYTES", fallback: 4 * gibibyte, help: "The largest file that is imported." },
    { from: 1, to: 9_000_000_000 },
  ),
  importUploads: whole(
    { env: "IMPORT_UPLOADS", fallback: 8, help: "Files that one process takes in at once." },
    { from: 1, to: 1000 },
  ),
  importRetentionDays: whole(
    {
      env: "IMPORT_RETENTION_DAYS",
      fallback: 90,
      help: "How long the file of an import is kept once the import has ended; 0 keeps all.",
    },
    { from: 0, to: 36_500 },
  ),
  failpoints: text({
    env: "FAILPOINTS",
    fallback: "",
    help: "Points where the process fails on purpose; for tests only.",
  }),
} as const;
