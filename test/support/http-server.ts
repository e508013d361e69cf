import { once } from "node:events";
import { connect } from "node:net";
import { after } from "node:test";
import type { FastifyInstance } from "fastify";
import { buildServer, type ServerOptions } from "../../src/http/build-server.ts";
import type { Principal } from "../../src/http/principal.ts";

/** Keys of these tests: the key is the name of who asks, and each may do what its list says. */
const principals = new Map<string, Principal>(
  [
    { id: "writer", name: "Writer", scopes: ["orders:write", "orders:read"] },
    { id: "reader", name: "Reader", scopes: ["orders:read"] },
    { id: "owner", name: "Owner", scopes: ["full"] },
  ].map((principal) => [principal.id, principal]),
);

export interface TestServer {
  readonly app: FastifyInstance;
  readonly lines: string[];
  /** Listens on a free port, once. */
  listen(): Promise<{ port: number; origin: string }>;
}

const patienceMs = 10_000;

const running = new Set<FastifyInstance>();

after(() => Promise.all([...running].map((app) => app.drain(patienceMs))));

/** A server with three API keys and whatever routes a test adds; it is closed after the file. */
export async function testServer(
  routes: (app: FastifyInstance) => void,
  options: Partial<ServerOptions> = {},
): Promise<TestServer> {
  const lines: string[] = [];
  const app = await buildServer({
    title: "Test",
    version: "1.0.0",
    logLevel: "warn",
    logTo: { write: (line) => void lines.push(line) },
    authenticate: async ({ authorization = "" }) => principals.get(authorization.replace(/^Bearer /, "")),
    ready: async () => ({ ok: true, checks: { database: "there" } }),
    ...options,
  });
  routes(app);
  running.add(app);
  let listening: Promise<string> | undefined;
  return {
    app,
    lines,
    async listen() {
      listening ??= app.listen({ port: 0, host: "127.0.0.1" });
      const origin = await listening;
      return { port: Number(new URL(origin).port), origin };
    },
  };
}

/** Sends bytes to a port and answers all that comes back until the server closes the connection. */
export async function exchange(port: number, sent: string | Uint8Array): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const timer = setTimeout(() => socket.destroy(new Error("The server did not close the connection.")), patienceMs);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.write(sent);
  await once(socket, "close").finally(() => clearTimeout(timer));
  return Buffer.concat(chunks).toString();
}

/** The JSON after the head of an answer. */
export function bodyOf(answer: string): Record<string, unknown> {
  return JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4)) as Record<string, unknown>;
}
