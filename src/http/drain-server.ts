import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

declare module "fastify" {
  interface FastifyInstance {
    /**
     * Stops taking connections, finishes the requests that have arrived, and resolves when all are answered and closed.
     * Not ready from the first moment. What takes longer than `timeoutMs` is cut off.
     */
    drain(timeoutMs: number): Promise<void>;
    /** The server is ending: not ready, though still alive. */
    isDraining(): boolean;
  }
}

const halfRequestGraceMs = 1_000; // A request on its way has arrived by then; one that dawdles must not hold up the end.

/** The connections that are open, and which of them have a request that is being answered. */
function watchConnections(server: Server) {
  const open = new Set<Socket>();
  const busy = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => {
      open.delete(socket);
      busy.delete(socket);
    });
  });
  server.on("request", ({ socket }, response) => {
    busy.add(socket);
    response.once("close", () => busy.delete(socket));
  });
  return {
    closeWaiting() {
      for (const socket of open) if (!busy.has(socket)) socket.destroy();
    },
  };
}

/** Gives the server its orderly end. */
export function makeDrainable(app: FastifyInstance): void {
  const connections = watchConnections(app.server);
  let draining: Promise<void> | undefined;

  async function drain(timeoutMs: number): Promise<void> {
    // Node looks for slow connections no more once it is closing.
    const waiting = setTimeout(() => connections.closeWaiting(), Math.min(halfRequestGraceMs, timeoutMs));
    const overdue = setTimeout(() => app.server.closeAllConnections(), timeoutMs);
    await app.close();
    clearTimeout(waiting);
    clearTimeout(overdue);
  }

  app.decorate("isDraining", () => draining !== undefined);
  app.decorate("drain", (timeoutMs: number) => {
    draining ??= drain(timeoutMs);
    return draining;
  });
  app.addHook("onSend", (_request, reply, payload, done) => {
    if (app.isDraining()) reply.header("connection", "close");
    done(null, payload);
  });
}
