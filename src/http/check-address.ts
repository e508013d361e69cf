import type { FastifyInstance, RouteOptions } from "fastify";
import { invalidInput, malformedUrl, methodNotAllowed, routeNotFound } from "./http-errors.ts";

const nulInUrl = /%00/;

/** The router looks at the path alone: what it cannot read in a query, it would pass on as it stands. */
function isDecodable(url: string): boolean {
  if (!url.includes("%")) return true;
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

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

/** An address that can be decoded, and has no NUL: the database knows no such character. */
function assertReadable(url: string): void {
  if (!isDecodable(url)) throw malformedUrl({});
  if (!nulInUrl.test(url)) return;
  throw invalidInput({ what: "address" }, { faults: [{ pointer: "", detail: "Must not contain the character NUL." }] });
}

/**
 * Answers what has no route before anything else is looked at: 405 with the methods that the address has, which OPTIONS
 * is told without being refused, or 404. Refuses addresses that cannot be read.
 */
export function checkAddresses(app: FastifyInstance): void {
  const served = new Map<string, { expression: RegExp; methods: Set<string> }>();
  app.addHook("onRoute", (route) => {
    const known = served.get(route.url) ?? { expression: expressionOf(route.url), methods: new Set() };
    for (const method of methodsOf(route)) known.methods.add(method);
    served.set(route.url, known);
  });

  function methodsAt(path: string): string {
    const found = [...served.values()].filter(({ expression }) => expression.test(path));
    if (found.length === 0) throw routeNotFound({});
    const methods = new Set(found.flatMap((route) => [...route.methods]));
    return [...methods, "OPTIONS"].sort().join(", ");
  }

  app.addHook("onRequest", (request, reply, done) => {
    const { method, is404 } = request;
    const url = request.raw.url ?? "";
    if (!is404) {
      assertReadable(url);
      done();
      return;
    }
    const allow = methodsAt(url.split("?", 1)[0] ?? "");
    // Nobody's page may ask across origins: there is no more to say than which methods there are.
    if (method !== "OPTIONS") throw methodNotAllowed({ method, allow });
    reply.code(204).header("allow", allow).send();
  });
}
