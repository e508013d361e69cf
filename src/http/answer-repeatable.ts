import type { FastifyRequest } from "fastify";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { claimKeys, findKey, storeAnswers } from "./claim-keys.ts";
import { type Answer, getReplay, keyOf } from "./idempotency.ts";

/**
 * Does a write that comes to the same however often it is done, with calls to the outside in it, and keeps its answer under
 * the request's Idempotency-Key: of several that run at once the first answer counts for all.
 * @throws http.idempotency_key_invalid, http.idempotency_key_reused, http.idempotency_key_in_flight
 */
export async function answerRepeatable(
  db: Db,
  request: FastifyRequest,
  clock: Clock,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const key = keyOf(request);
  if (!key) return work();
  const before = await findKey(db, key, clock.now());
  if (before) return getReplay(before, key.fingerprint);
  const answer = await work();
  return db.transaction(async (tx) => {
    const now = clock.now();
    const [claimed] = await claimKeys(tx, [{ ...key, orderId: null }], now);
    if (claimed !== undefined && claimed !== "claimed") return getReplay(claimed, key.fingerprint);
    await storeAnswers(tx, [{ ...key, ...answer }], now);
    return answer;
  });
}
