import type { FastifyInstance, RouteOptions } from "fastify";
import { invalidInput, methodNotAllowed, routeNotFound } from "./http-errors.ts";

const nulInUrl = /%00/;

/** A routed path as an expression; parameters and the wildcard match what the router lets them match. */
function expressionOf(url: string): RegExp {
  const parts = url
    .replace(/\/$/, "")
    .split("/")
    .map((part) => {
      if (part.startsWith(":")) return "[^/]+";
      return part === "*" ? ".*" : part.replace(/[.+*?^$()[\]{}|\\]/g, "\\$&");
    });
  return new RegExp(`^${parts.join("/")}/?$`);
}

function methodsOf({ method }: RouteOptions): readonly string[] {
  return Array.isArray(method) ? method : [method];
}

/**
 * Answers what has no route before anything else is looked at: 405 with the methods that the address has, which OPTIONS
 * is told without being refused, or 404.
 * A NUL in an address is refused here, since it reaches the database otherwise, which knows no such character.
 */
export function checkAddresses(app: FastifyInstance): void {
  const served = new Map<string, { expression: RegExp; methods: Set<string> }>();
  app.addHook("onRoute", (route) => {
    const known = served.get(route.url) ?? { expression: expressionOf(route.url), methods: new Set() };
    for (const method of methodsOf(route)) known.methods.add(method);
    served.set(route.url, known);
  });
  app.addHook("onRequest", (request, reply, done) => {
    const url = request.raw.url ?? "";
    if (request.is404) {
      const path = url.split("?", 1)[0] ?? "";
      const found = [...served.values()].filter(({ expression }) => expression.test(path));
      const methods = new Set(found.flatMap((route) => [...route.methods]));
      if (methods.size === 0) throw routeNotFound({});
      const allow = [...methods, "OPTIONS"].sort().join(", ");
      // Nobody's page may ask across origins: there is no more to say than which methods there are.
      if (request.method !== "OPTIONS") throw methodNotAllowed({ method: request.method, allow });
      reply.code(204).header("allow", allow).send();
      return;
    }
    if (nulInUrl.test(url)) {
      const faults = [{ pointer: "", detail: "Must not contain the character NUL." }];
      throw invalidInput({ what: "address" }, { faults });
    }
    done();
  });
}
