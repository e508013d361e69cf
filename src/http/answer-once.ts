import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { claimKeys, storeAnswers } from "./claim-keys.ts";
import { type Answer, getReplay, keyOf } from "./idempotency.ts";

/**
 * Does a write in one transaction and, when the request brought an Idempotency-Key, keeps its answer there: the same
 * request again gets the answer and does nothing. A refusal rolls back and keeps nothing, so the key stays free.
 *
 * Locks the key before anything else; a second request with it waits for the first to end.
 * @throws http.idempotency_key_invalid, http.idempotency_key_reused, http.idempotency_key_in_flight
 */
export async function answerOnce(
  db: Db,
  request: FastifyRequest,
  clock: Clock,
  work: (tx: Tx, now: Date) => Promise<Answer>,
): Promise<Answer> {
  const key = keyOf(request);
  const now = clock.now();
  if (!key) return db.transaction((tx) => work(tx, now));
  return db.transaction(async (tx) => {
    const [outcome] = await claimKeys(tx, [{ ...key, orderId: null }], now);
    if (outcome !== "claimed" && outcome !== undefined) return getReplay(outcome, key.fingerprint);
    const answer = await work(tx, now);
    await storeAnswers(tx, [{ principal: key.principal, key: key.key, status: answer.status, body: answer.body }], now);
    return answer;
  });
}

/** Sends an answer as it is, and says when it is one that was given before. */
export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.replayed) reply.header("idempotent-replayed", "true");
  if (answer.body === "") return reply.code(answer.status).send();
  return reply.code(answer.status).type("application/json; charset=utf-8").send(answer.body);
}
