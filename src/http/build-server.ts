import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from "fastify";
import { randomToken } from "../platform/ids.ts";
import type { Metrics } from "../platform/metrics.ts";
import { openLog } from "../platform/open-log.ts";
import { answerBrokenRequest } from "./answer-broken-request.ts";
import { answerError } from "./answer-error.ts";
import { type Authenticate, authorizeRequests } from "./authorize-request.ts";
import { checkAddresses } from "./check-address.ts";
import { checkHeads } from "./check-head.ts";
import { inputCompiler } from "./check-input.ts";
import { buildSerializers } from "./compile-serializers.ts";
import { type ApiTitle, describeApi } from "./describe-api.ts";
import { makeDrainable } from "./drain-server.ts";
import { limitBodies } from "./limit-body.ts";
import { limitRequests, type RateLimits, unlimited } from "./limit-requests.ts";
import { observeRequests } from "./observe-requests.ts";
import { readBodies } from "./read-body.ts";
import { safeHeaders } from "./safe-headers.ts";
import { serveDocs } from "./serve-docs.ts";
import { type Readiness, serveHealth } from "./serve-health.ts";
import { serveIndex } from "./serve-index.ts";
import { serveMetrics } from "./serve-metrics.ts";
import { serveProblems } from "./serve-problems.ts";
import { noShoppers, type Shoppers } from "./shopper.ts";

/** How much a client may send, and how slowly. */
export interface Limits {
  readonly bodyBytes: number;
  readonly headerBytes: number;
  /** For the body of a request to arrive whole, but for routes that give it a pace. */
  readonly requestTimeoutMs: number;
  /** For its head to arrive, from the first byte of the connection on. */
  readonly headersTimeoutMs: number;
}

const defaultLimits: Limits = {
  bodyBytes: 1_048_576, // An order of 1,000 lines has 150 kB.
  headerBytes: 16_384, // Node's own default, named here since answers depend on it.
  requestTimeoutMs: 60_000,
  headersTimeoutMs: 10_000, // A head is one packet; more only helps who holds connections open on purpose.
};

const longestParameter = 256; // Longer than any id or reference; a longer one finds nothing.
const slowestCheckMs = 1_000; // How late a slow connection may be noticed.
const checksPerTimeout = 4;

export interface ServerOptions extends ApiTitle {
  readonly logLevel: string;
  /** Where the lines of the log go; standard output without it. */
  readonly logTo?: { write(line: string): void };
  readonly limits?: Partial<Limits>;
  /** Without them everybody may ask as often as they like. */
  readonly rateLimits?: RateLimits;
  /** Addresses and networks, joined by commas, whose word about where a request comes from is taken. */
  readonly trustedProxies?: string;
  /** Makes browsers come by TLS alone for so long; only for a server behind TLS. */
  readonly hstsSeconds?: number;
  readonly authenticate: Authenticate;
  /** Without them no route may be for shoppers. */
  readonly shoppers?: Shoppers;
  /** Origins of pages that may write with our cookies, beside our own. */
  readonly trustedOrigins?: readonly string[];
  /** Served at `/metrics`; without it there is no such route. */
  readonly metrics?: Metrics;
  ready(): Promise<Readiness>;
}

/** Ids that tell two processes and two starts apart, cheaper than a UUID for each request. */
function requestIds(): () => string {
  const start = randomToken(6);
  let count = 0;
  return () => {
    count += 1;
    return `${start}-${count.toString(36)}`;
  };
}

function headersTimeoutOf({ headersTimeoutMs, requestTimeoutMs }: Limits): number {
  return Math.min(headersTimeoutMs, requestTimeoutMs);
}

function checkMsOf(limits: Limits): number {
  return Math.min(slowestCheckMs, Math.ceil(headersTimeoutOf(limits) / checksPerTimeout));
}

function newInstance(
  options: ServerOptions,
  limits: Limits,
  headers: Readonly<Record<string, string>>,
): FastifyInstance {
  return fastify({
    loggerInstance: openLog(options.logLevel, options.logTo) as FastifyBaseLogger,
    // One line for each request is written by observe-requests.ts; those of the framework have paths and addresses.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    genReqId: requestIds(),
    bodyLimit: limits.bodyBytes,
    // Of bodies by limit-body.ts, since not all routes have the same.
    requestTimeout: 0,
    http: {
      // Who sends none hears from us, in a problem document.
      requireHostHeader: false,
      maxHeaderSize: limits.headerBytes,
      requestTimeout: 0,
      headersTimeout: headersTimeoutOf(limits),
      connectionsCheckingInterval: checkMsOf(limits),
    },
    trustProxy: options.trustedProxies || false,
    schemaController: { compilersFactory: { buildSerializer: buildSerializers } },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: longestParameter },
    // While draining, what arrives on open connections is done; the answer closes the connection.
    return503OnClosing: false,
    // No hook runs before these.
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply.headers(headers)),
    clientErrorHandler: answerBrokenRequest,
  });
}

/**
 * Makes the server with everything that is true of all routes; the caller registers its routes and listens. Each route
 * declares `config: { scope }`, `config: { shopper }` or `config: { open: true }`, or the server does not start.
 */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const headers = safeHeaders(options.hstsSeconds ?? 0);
  const limits = { ...defaultLimits, ...options.limits };
  const app = newInstance(options, limits, headers);
  app.setErrorHandler(answerError);
  app.setValidatorCompiler(inputCompiler());
  observeRequests(app);
  app.addHook("onRequest", (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  checkHeads(app, headers);
  const limiter = limitRequests(app, options.rateLimits ?? unlimited);
  checkAddresses(app);
  const { authenticate, shoppers = noShoppers, trustedOrigins = [] } = options;
  authorizeRequests(app, { authenticate, shoppers, trustedOrigins }, limiter);
  readBodies(app);
  limitBodies(app, { wholeMs: limits.requestTimeoutMs, checkMs: checkMsOf(limits) });
  makeDrainable(app);
  await describeApi(app, options);
  serveIndex(app, options);
  serveProblems(app);
  serveDocs(app, options.title);
  serveHealth(app, options.ready);
  if (options.metrics) serveMetrics(app, options.metrics);
  return app.withTypeProvider<TypeBoxTypeProvider>();
}
