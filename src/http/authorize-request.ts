import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { assertSameSite } from "./assert-same-site.ts";
import { scopeMissing, signInNeeded, unauthorized } from "./http-errors.ts";
import type { Limiter } from "./limit-requests.ts";
import { anonymous, hasScope, type Principal } from "./principal.ts";
import type { Shopper, Shoppers } from "./shopper.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What an API key must be allowed to, for this route. */
    scope?: string;
    /** Anybody may ask; said on purpose in place of a scope. */
    open?: true;
    /** For shoppers: read by whoever comes, written by somebody who is made one, or for users who are signed in. */
    shopper?: "reads" | "writes" | "user";
    /** A write that takes no Idempotency-Key: done again it changes nothing, or its answer opens something and is kept nowhere. */
    keyless?: true;
  }
  interface FastifyRequest {
    /** Who asks; `anonymous` on open routes, and on routes for shoppers while nobody is known. */
    principal: Principal;
    /** On routes for shoppers: whose cookies came; on those that write there is always one. */
    shopper: Shopper | undefined;
  }
}

/**
 * Knows the API keys: answers whose key the headers carry, or undefined. Where `strangers` are turned away, a key that
 * opened nothing here before is not even looked up.
 */
export type Authenticate = (
  headers: IncomingHttpHeaders,
  strangers: "looked-up" | "turned-away",
) => Promise<Principal | undefined>;

const firstRefusal = 400;

/** Whoever brings none only forgot it, and costs no look-up. */
function bringsKey(headers: IncomingHttpHeaders): boolean {
  return headers.authorization !== undefined || headers["x-api-key"] !== undefined;
}

function assertDeclared({ method, url, config }: RouteOptions): void {
  if ([config?.scope, config?.open, config?.shopper].filter((said) => said !== undefined).length !== 1) {
    throw new Error(`The route ${method} ${url} must declare a scope, or that it is for shoppers, or that it is open.`);
  }
}

/** Who may ask, and how they are known. */
export interface Doorkeepers {
  readonly authenticate: Authenticate;
  readonly shoppers: Shoppers;
  /** Origins of pages that may write with our cookies, beside our own. */
  readonly trustedOrigins: readonly string[];
}

/** Knows the shopper, or makes one on a route that writes; sets cookies with a good answer alone. */
async function admitShopper(
  request: FastifyRequest,
  cookies: WeakMap<FastifyRequest, readonly string[]>,
  { shoppers, trustedOrigins }: Doorkeepers,
): Promise<void> {
  const need = request.routeOptions.config.shopper;
  assertSameSite(request, trustedOrigins);
  const recognized = await shoppers.recognize(request.headers);
  const admitted = recognized.shopper === undefined && need === "writes" ? shoppers.welcome() : recognized;
  const { shopper } = admitted;
  if (need === "user" && shopper?.kind !== "user") throw signInNeeded({});
  request.shopper = shopper;
  request.principal = shopper ? { id: shopper.owner, name: "shopper", scopes: [] } : anonymous;
  const setCookies = [...new Set([...recognized.setCookies, ...admitted.setCookies])];
  if (setCookies.length > 0) cookies.set(request, setCookies);
}

/** Knows whoever brings a key or a session, and lets them in where they may. */
async function admitPrincipal(
  request: FastifyRequest,
  reply: FastifyReply,
  { scope, doorkeepers, limiter }: { scope: string; doorkeepers: Doorkeepers; limiter: Limiter },
): Promise<void> {
  const { headers } = request;
  // Keys that are known stay good: whoever shares an address with one that guesses is not locked out.
  const strangers = limiter.isGuessing(request) ? "turned-away" : "looked-up";
  const principal = await doorkeepers.authenticate(headers, strangers);
  if (!principal) throw (bringsKey(headers) && limiter.countGuess(request, reply)) || unauthorized({});
  if (principal.byCookie) assertSameSite(request, doorkeepers.trustedOrigins);
  request.principal = principal;
  limiter.countPrincipal(request, reply);
  if (!hasScope(principal, scope)) throw scopeMissing({ scope });
}

/** What the route itself says of a cookie stands: it knows what became of whoever asked. */
function addCookies(reply: FastifyReply, cookies: readonly string[]): void {
  const nameOf = (cookie: string) => cookie.slice(0, cookie.indexOf("="));
  const said = new Set([reply.getHeader("set-cookie") ?? []].flat().map((cookie) => nameOf(String(cookie))));
  const left = cookies.filter((cookie) => !said.has(nameOf(cookie)));
  if (left.length > 0) reply.header("set-cookie", left);
}

/** Makes every route say who may use it, and lets nobody else pass, before anything of the body is read. */
export function authorizeRequests(app: FastifyInstance, doorkeepers: Doorkeepers, limiter: Limiter): void {
  const cookies = new WeakMap<FastifyRequest, readonly string[]>();
  app.decorateRequest("principal", null as unknown as Principal);
  app.decorateRequest("shopper", undefined);
  app.addHook("onRoute", assertDeclared);
  app.addHook("onSend", async (request, reply) => {
    const set = reply.statusCode < firstRefusal ? cookies.get(request) : undefined;
    if (set) addCookies(reply, set);
  });
  app.addHook("onRequest", async (request: FastifyRequest, reply: FastifyReply) => {
    const { scope, shopper } = request.routeOptions.config;
    if (shopper !== undefined) return admitShopper(request, cookies, doorkeepers);
    if (scope !== undefined) return admitPrincipal(request, reply, { scope, doorkeepers, limiter });
    request.principal = anonymous;
  });
}
