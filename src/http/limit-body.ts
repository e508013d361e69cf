import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** How slowly a body may arrive that takes as long as it takes: at least so many bytes within each so many milliseconds. */
export interface BodyPace {
  readonly leastBytes: number;
  readonly withinMs: number;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Bodies of this route have no time to be whole in, only a pace; for files, from those who may send them. */
    bodyPace?: BodyPace;
  }
}

/** A body that has not arrived whole. */
interface Arriving {
  readonly socket: Socket;
  /** Without one, all of it is due. */
  pace?: BodyPace;
  dueMs: number;
  /** What the connection had carried when that was set. */
  bytes: number;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || !/^0*$/.test(headers["content-length"] ?? "");
}

/** Nobody is late while we don't take what is there. */
function isKeptWaiting(request: IncomingMessage): boolean {
  return request.readableLength > 0;
}

/**
 * Ends requests whose bodies do not arrive in time, each route by its own measure; the server's own limit knows one for
 * all of them. They are told as the server tells it: 408, and the connection is closed.
 */
export function limitBodies(app: FastifyInstance, { wholeMs, checkMs }: { wholeMs: number; checkMs: number }): void {
  const { server } = app;
  const arriving = new Map<IncomingMessage, Arriving>();
  server.on("request", (request) => {
    if (!hasBody(request)) return;
    const { socket } = request;
    arriving.set(request, { socket, dueMs: performance.now() + wholeMs, bytes: 0 });
    request.once("close", () => arriving.delete(request));
  });

  function check(): void {
    const nowMs = performance.now();
    for (const [request, body] of arriving) {
      if (request.complete) arriving.delete(request);
      else if (nowMs >= body.dueMs && !isPaced(request, body, nowMs)) end(request, body);
    }
  }

  function end(request: IncomingMessage, { socket }: Arriving): void {
    arriving.delete(request);
    const late = Object.assign(new Error("The body did not arrive in time."), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
    server.emit("clientError", late, socket);
  }

  const checking = setInterval(check, checkMs).unref();
  app.addHook("onClose", async () => clearInterval(checking));
  app.addHook("onRoute", (route) => {
    const pace = route.config?.bodyPace;
    if (pace === undefined) return;
    // Whoever may not send it has been turned away by then.
    const giveTime = async ({ raw }: { raw: IncomingMessage }) => {
      const body = arriving.get(raw);
      if (body) Object.assign(body, { pace, ...nextLook(body, pace, performance.now()) });
    };
    route.preParsing = [...[route.preParsing ?? []].flat(), giveTime];
  });
}

function nextLook({ socket }: Arriving, { withinMs }: BodyPace, nowMs: number) {
  return { dueMs: nowMs + withinMs, bytes: socket.bytesRead };
}

/** Whether enough arrived since the last look; the next one is set then. */
function isPaced(request: IncomingMessage, body: Arriving, nowMs: number): boolean {
  const { pace, socket, bytes } = body;
  if (pace === undefined) return false;
  if (socket.bytesRead - bytes < pace.leastBytes && !isKeptWaiting(request)) return false;
  Object.assign(body, nextLook(body, pace, nowMs));
  return true;
}
