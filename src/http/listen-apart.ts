import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metrics } from "../platform/metrics.ts";
import { answered, type Readiness } from "./serve-health.ts";

export interface ApartOptions {
  readonly host: string;
  readonly port: number;
  readonly metrics: Metrics;
  ready(): Promise<Readiness>;
}

export interface Apart {
  readonly port: number;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const headBytes = 8_192;
const headTimeoutMs = 5_000;
const mostConnections = 100; // Whoever scrapes and whoever asks for health: a handful.

const json = "application/json; charset=utf-8";

async function replyTo(path: string, { metrics, ready }: ApartOptions): Promise<Reply> {
  if (path === "/metrics") return { status: 200, type: metrics.contentType, body: await metrics.text() };
  if (path === "/health/live") return { status: 200, type: json, body: '{"status":"live"}' };
  if (path !== "/health/ready") return { status: 404, type: json, body: '{"status":"unknown"}' };
  const { ok, checks } = await answered(ready);
  return { status: ok ? 200 : 503, type: json, body: JSON.stringify({ status: ok ? "ready" : "not ready", checks }) };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: ApartOptions): Promise<void> {
  const isRead = request.method === "GET" || request.method === "HEAD";
  const path = request.url?.split("?", 1)[0] ?? "";
  const failed: Reply = { status: 500, type: json, body: '{"status":"failed"}' };
  const { status, type, body } = isRead
    ? await replyTo(path, options).catch(() => failed)
    : { status: 405, type: json, body: '{"status":"read only"}' };
  response.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/**
 * Serves `/metrics` and `/health` without a key on a port of their own, for a network that only operators reach.
 * Rejects when the port is taken.
 */
export async function listenApart(options: ApartOptions): Promise<Apart> {
  const limits = { maxHeaderSize: headBytes, headersTimeout: headTimeoutMs, requestTimeout: headTimeoutMs };
  const server = createServer(limits, (request, response) => void answer(request, response, options));
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
