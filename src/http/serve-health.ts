import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { notReady } from "./http-errors.ts";

/** What the program needs to serve requests, each with a word about it. */
export interface Readiness {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

const Alive = Type.Object({ status: Type.String({ examples: ["live"] }) }, { title: "Alive" });
const Ready = Type.Object(
  {
    status: Type.String({ examples: ["ready"] }),
    checks: Type.Record(Type.String(), Type.String(), {
      description: "What is needed, each with a word about it.",
      examples: [{ database: "ok" }],
    }),
  },
  { title: "Ready" },
);

const checkTimeoutMs = 2_000; // Shorter than the patience of whoever asks: a hanging check is an answer too.
const retryAfterSeconds = 1;

/** What the program says of itself; not ready when it says nothing in time. */
export async function answered(ready: () => Promise<Readiness>): Promise<Readiness> {
  const ended = new AbortController();
  const hanging = sleep(checkTimeoutMs, { ok: false, checks: { ready: "no answer" } }, { signal: ended.signal });
  hanging.catch(() => {});
  try {
    return await Promise.race([ready(), hanging]);
  } catch {
    return { ok: false, checks: { ready: "failed" } };
  } finally {
    ended.abort();
  }
}

function because({ checks }: Readiness): string {
  return Object.entries(checks)
    .map(([name, word]) => `${name}: ${word}`)
    .join(", ");
}

/** Serves `/health/live`, true as long as anything answers, and `/health/ready`, true when work should be sent here. */
export function serveHealth(app: FastifyInstance, ready: () => Promise<Readiness>): void {
  const config = { open: true, unlimited: true } as const;
  const tags = ["Health"];
  const live = { tags, operationId: "isAlive", summary: "Whether the process lives", response: { 200: Alive } };
  const served = { tags, operationId: "isReady", summary: "Whether requests can be served", response: { 200: Ready } };
  app.get("/health/live", { config, schema: live }, async () => ({ status: "live" }));
  app.get("/health/ready", { config: { ...config, refuses: [503] }, schema: served }, async () => {
    const readiness = app.isDraining() ? { ok: false, checks: { server: "draining" } } : await answered(ready);
    if (!readiness.ok) throw notReady({ reasons: because(readiness) }, { retryAfterSeconds });
    return { status: "ready", checks: readiness.checks };
  });
}
