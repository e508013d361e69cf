import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { Refusal } from "../platform/errors.ts";
import { idempotencyKeyInFlight, idempotencyKeyInvalid, idempotencyKeyReused } from "./http-errors.ts";
import { anonymous } from "./principal.ts";

const keptHours = 24;
const hourMs = 3_600_000;
const retryAfterSeconds = 1; // Most requests under way end within it; a payment may take longer, and is then asked for again.

/** An Idempotency-Key with whose it is and what it was sent for. */
export interface IdempotencyKey {
  readonly principal: string;
  readonly key: string;
  /** The same for two requests that ask the same. */
  readonly fingerprint: string;
}

/** A key that was used, and what came of it. */
export interface KeyRow extends IdempotencyKey {
  /** The order that the request placed, when that is not the whole of its work. */
  readonly orderId: bigint | null;
  /** The order that it began to pay again, and the number of the attempt; null together. */
  readonly paymentOrderId: bigint | null;
  readonly paymentAttempt: number | null;
  /** Null, like the body, while the request is under way. */
  readonly answerStatus: number | null;
  readonly answerBody: string | null;
}

/** What a write answers: kept under its key, and sent again byte by byte. */
export interface Answer {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
  /** It was given before, and nothing was done now. */
  readonly replayed?: true;
}

const headerName = "idempotency-key";
const keyText = /^[\x20-\x7e]{1,255}$/;

/** The path as it was routed, without the trailing slash that makes no difference. */
function routeOf(request: FastifyRequest): string {
  return (request.routeOptions.url ?? "").replace(/\/$/, "");
}

function fingerprintOf(request: FastifyRequest): string {
  const asked = JSON.stringify([request.method, routeOf(request), request.params, request.query]);
  return createHash("sha256")
    .update(asked)
    .update("\n")
    .update(request.bodyDigest ?? request.bodyBytes ?? "")
    .digest("base64url");
}

/**
 * The key that a request brought, or undefined when it brought none.
 * @throws http.idempotency_key_invalid
 */
export function keyOf(request: FastifyRequest): IdempotencyKey | undefined {
  const key = request.headers[headerName];
  // Everybody would share the keys of an open route, and read each other's answers: it has none.
  if (key === undefined || request.principal === anonymous) return undefined;
  // Node joins headers sent twice, and then the key would be another one.
  const times = request.raw.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === headerName);
  if (typeof key !== "string" || times.length > 1 || !keyText.test(key)) throw idempotencyKeyInvalid({});
  return { principal: request.principal.id, key, fingerprint: fingerprintOf(request) };
}

/** Keys used before this are free again. */
export function expiryOf(now: Date): Date {
  return new Date(now.getTime() - keptHours * hourMs);
}

/** What a request hears whose key was used: the answer that is kept, or why it gets none. Source: IETF draft idempotency-key-header. */
export function replayOf(row: KeyRow, fingerprint: string): Answer | Refusal {
  if (row.fingerprint !== fingerprint) return idempotencyKeyReused({});
  if (row.answerStatus === null) return idempotencyKeyInFlight({}, { retryAfterSeconds });
  return { status: row.answerStatus, body: row.answerBody ?? "", replayed: true };
}

/**
 * The answer that is kept.
 * @throws http.idempotency_key_reused, http.idempotency_key_in_flight
 */
export function getReplay(row: KeyRow, fingerprint: string): Answer {
  const replay = replayOf(row, fingerprint);
  if (replay instanceof Refusal) throw replay;
  return replay;
}
