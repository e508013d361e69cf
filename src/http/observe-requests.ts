import type { FastifyInstance, FastifyRequest } from "fastify";
import { secondsBounds, TallyBook } from "../platform/tally.ts";
import { activeTracer, type OpenSpan } from "../platform/trace.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The span of this request, when the process is traced. */
    span: OpenSpan | undefined;
  }
}

/** The requests of this process: how long each took from its head to the end of its answer. */
export const requestsServed = new TallyBook(["route", "method", "status"], secondsBounds);

const classes = ["0xx", "1xx", "2xx", "3xx", "4xx", "5xx"];

/** The route as it was declared, never the path that was asked for: paths hold ids, and there is no end to them. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? "unmatched";
}

/** Levels at which a line for each request is written. */
const told = ["trace", "debug", "info"];

/** Counts every answer, and logs one line for each: what was asked, by whom and how it ended; none of its content. */
export function observeRequests(app: FastifyInstance): void {
  const tells = told.includes(app.log.level);
  app.addHook("onResponse", (request, reply, done) => {
    const route = routeOf(request);
    const { method } = request;
    const { statusCode: status, elapsedTime: ms } = reply;
    requestsServed.add(ms / 1000, route, method, classes[Math.floor(status / 100)] ?? "0xx");
    if (tells) {
      const line = { route, method, status, ms: Number(ms.toFixed(1)), principal: request.principal?.id };
      request.log.info(line, "answered");
    }
    done();
  });
  traceRequests(app);
}

/** Gives each request a span. Costs nothing unless the process is traced when its server is built. */
function traceRequests(app: FastifyInstance): void {
  const tracer = activeTracer();
  if (tracer === undefined) return;
  app.decorateRequest("span", undefined);
  app.addHook("onRequest", (request, _reply, done) => {
    const { traceparent } = request.headers;
    const mark = typeof traceparent === "string" ? traceparent : undefined;
    const route = routeOf(request);
    const facts = { "http.request.method": request.method, "http.route": route, "orderwell.request.id": request.id };
    request.span = tracer.open(mark, `${request.method} ${route}`, { side: "server", facts });
    request.span.run(done);
  });
  // The body arrives outside of what the hook before it ran, and the route must be inside again.
  app.addHook("preValidation", (request, _reply, done) => (request.span ? request.span.run(done) : done()));
  app.addHook("onResponse", (request, reply, done) => {
    request.span?.end({ "http.response.status_code": reply.statusCode }, reply.statusCode >= 500);
    done();
  });
}
