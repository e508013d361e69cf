import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Metrics } from "../platform/metrics.ts";

/** Serves `/metrics` to keys with the scope `metrics:read`. */
export function serveMetrics(app: FastifyInstance, metrics: Metrics): void {
  const schema = {
    tags: ["Health"],
    operationId: "readMetrics",
    summary: "Read what this process counts and measures, in the text format of Prometheus",
    description: "The metrics are listed in docs/metrics.md.",
    produces: ["text/plain"],
    response: { 200: Type.String({ examples: ["orderwell_workers 1\n"] }) },
  };
  app.get("/metrics", { config: { scope: "metrics:read" }, schema }, async (_request, reply) => {
    reply.type(metrics.contentType);
    return metrics.text();
  });
}
