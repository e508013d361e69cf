import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { scopeMissing, unauthorized } from "./http-errors.ts";
import type { Limiter } from "./limit-requests.ts";
import { anonymous, hasScope, type Principal } from "./principal.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What an API key must be allowed to, for this route. */
    scope?: string;
    /** Anybody may ask; said on purpose in place of a scope. */
    open?: true;
  }
  interface FastifyRequest {
    /** Who asks; `anonymous` on open routes. */
    principal: Principal;
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

/** Whoever brings none only forgot it, and costs no look-up. */
function bringsKey(headers: IncomingHttpHeaders): boolean {
  return headers.authorization !== undefined || headers["x-api-key"] !== undefined;
}

function assertDeclared({ method, url, config }: RouteOptions): void {
  if ((config?.scope === undefined) === (config?.open === undefined)) {
    throw new Error(`The route ${method} ${url} must declare either a scope or that it is open.`);
  }
}

/** Makes every route say who may use it, and lets nobody else pass, before anything of the body is read. */
export function authorizeRequests(app: FastifyInstance, authenticate: Authenticate, limiter: Limiter): void {
  app.decorateRequest("principal", null as unknown as Principal);
  app.addHook("onRoute", assertDeclared);
  app.addHook("onRequest", async (request: FastifyRequest, reply: FastifyReply) => {
    const { scope } = request.routeOptions.config;
    if (scope === undefined) {
      request.principal = anonymous;
      return;
    }
    const { headers } = request;
    // Keys that are known stay good: whoever shares an address with one that guesses is not locked out.
    const principal = await authenticate(headers, limiter.isGuessing(request) ? "turned-away" : "looked-up");
    if (!principal) throw (bringsKey(headers) && limiter.countGuess(request, reply)) || unauthorized({});
    request.principal = principal;
    limiter.countPrincipal(request, reply);
    if (!hasScope(principal, scope)) throw scopeMissing({ scope });
  });
}
