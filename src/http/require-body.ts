import type { FastifyInstance } from "fastify";
import { missingBody } from "./describe-fault.ts";
import { invalidInput } from "./http-errors.ts";

/**
 * Refuses a request without a body where a route describes one by its types: what has no type is not compared with any
 * schema by Fastify, and would reach the route.
 */
export function requireBody(app: FastifyInstance): void {
  app.addHook("preValidation", async (request) => {
    const { schema } = request.routeOptions;
    const isAbsent = request.body === undefined || request.body === null;
    if (schema?.body !== undefined && isAbsent) throw invalidInput({ what: "body" }, { faults: [missingBody] });
  });
}
