import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";
import { scopeMissing, unauthorized } from "./http-errors.ts";
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

/** Knows the API keys: answers whose key the headers carry, or undefined. */
export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Principal | undefined>;

function assertDeclared({ method, url, config }: RouteOptions): void {
  if ((config?.scope === undefined) === (config?.open === undefined)) {
    throw new Error(`The route ${method} ${url} must declare either a scope or that it is open.`);
  }
}

/** Makes every route say who may use it, and lets nobody else pass, before anything of the body is read. */
export function authorizeRequests(app: FastifyInstance, authenticate: Authenticate): void {
  app.decorateRequest("principal", null as unknown as Principal);
  app.addHook("onRoute", assertDeclared);
  app.addHook("onRequest", async (request: FastifyRequest) => {
    const { scope } = request.routeOptions.config;
    if (scope === undefined) {
      request.principal = anonymous;
      return;
    }
    const principal = await authenticate(request.headers);
    if (!principal) throw unauthorized({});
    if (!hasScope(principal, scope)) throw scopeMissing({ scope });
    request.principal = principal;
  });
}
