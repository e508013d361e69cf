import type { FastifyInstance } from "fastify";
import type { ApiTitle } from "./describe-api.ts";

/** Serves `/`: the page to read about the API for who browses, and where things are for everybody else. */
export function serveIndex(app: FastifyInstance, { title, version }: ApiTitle): void {
  const index = { title, version, description: "/openapi.json", docs: "/docs", ready: "/health/ready" };
  app.get("/", { config: { open: true }, schema: { hide: true } }, async ({ headers }, reply) => {
    reply.header("vary", "Accept");
    if (/\btext\/html\b/i.test(headers.accept ?? "")) return reply.redirect("/docs", 303);
    return index;
  });
}
