import type { FastifyRequest } from "fastify";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { answerOnce } from "./answer-once.ts";
import type { Answer } from "./idempotency.ts";
import { assertMatch, ifMatchOf } from "./match-request.ts";
import { writeJson } from "./write-json.ts";

/** A write on one resource that can be read and has a tag. */
export interface MatchedWrite {
  /** Locks the resource and answers it as `GET` would. */
  seen(tx: Tx): Promise<unknown>;
  /** Changes it and answers what the caller is told; nothing when there is nothing left to tell of. */
  work(tx: Tx, now: Date): Promise<unknown>;
  /** What a good answer says; 200 without it. */
  readonly status?: number;
}

const done = 200;
const nothingLeft = 204;

/**
 * `answerOnce` for a write on one resource: what its sender saw by `If-Match` is compared under the resource's lock.
 * Without `If-Match` nothing is read for it.
 * @throws http.precondition_failed, http.if_match_invalid
 */
export async function answerMatched(
  db: Db,
  request: FastifyRequest,
  clock: Clock,
  { seen, work, status = done }: MatchedWrite,
): Promise<Answer> {
  const ifMatch = ifMatchOf(request);
  return answerOnce(db, request, clock, async (tx, now) => {
    if (ifMatch !== undefined) assertMatch(ifMatch, await seen(tx));
    const told = await work(tx, now);
    return told === undefined ? { status: nothingLeft, body: "" } : { status, body: writeJson(told) };
  });
}
