import type { Sql, Tx } from "../platform/db.ts";
import { expiryOf, type IdempotencyKey, type KeyRow } from "./idempotency.ts";
import {
  deleteExpiredKeys,
  findKeys,
  insertKeys,
  listUnansweredKeys,
  setAnswers,
  setOrder,
  setPayment,
  takeOverKeys,
} from "./idempotency-queries.ts";

export type { KeyRow } from "./idempotency.ts";

/** A key that a request wants to use, with the order that it is going to place. */
export interface Claim extends IdempotencyKey {
  readonly orderId: bigint | null;
}

/** What is kept under a key. */
export interface KeptAnswer {
  readonly principal: string;
  readonly key: string;
  readonly status: number;
  readonly body: string;
}

type Named = { readonly principal: string; readonly key: string };

const mostForgotten = 1000; // A short statement, so that nobody waits for the janitor.

/** One text for both parts: a principal's id has no line break. */
function nameOf({ principal, key }: Named): string {
  return `${principal}\n${key}`;
}

function columnsOf(claims: readonly Claim[]) {
  return {
    principals: claims.map((claim) => claim.principal),
    keys: claims.map((claim) => claim.key),
    fingerprints: claims.map((claim) => claim.fingerprint),
    orderIds: claims.map((claim) => claim.orderId),
  };
}

/** The row of a claim as the others see it until it is answered. */
function underWay(claim: Claim): KeyRow {
  return { ...claim, paymentOrderId: null, paymentAttempt: null, answerStatus: null, answerBody: null };
}

function firstOfEach(claims: readonly Claim[]): Map<string, Claim> {
  const first = new Map<string, Claim>();
  for (const claim of claims) if (!first.has(nameOf(claim))) first.set(nameOf(claim), claim);
  return first;
}

/**
 * Claims keys for the requests of one transaction: answers for each, in their order, that it is claimed, or the row of
 * who has it. A key that comes twice in the set is claimed by its first; the second hears the first's row.
 *
 * Waits for transactions that claim the same keys just now; goes through them in ascending order. A key is free again
 * after 24 hours. One statement when all are new, three otherwise.
 */
export async function claimKeys(tx: Tx, claims: readonly Claim[], now: Date): Promise<("claimed" | KeyRow)[]> {
  const first = firstOfEach(claims);
  const used = new Map<string, KeyRow>();
  const left = new Map(first);
  for (const won of await insertKeys(tx, { ...columnsOf([...first.values()]), now })) left.delete(nameOf(won));
  if (left.size > 0) {
    const expiredAt = expiryOf(now);
    const taken = await takeOverKeys(tx, { ...columnsOf([...left.values()]), expiredAt, now });
    for (const won of taken) left.delete(nameOf(won));
    // One that is in neither was taken away between the statements: whoever has it is taken to be under way.
    for (const [name, claim] of left) used.set(name, underWay(claim));
    const { principals, keys } = columnsOf([...left.values()]);
    for (const row of await findKeys(tx, { principals, keys, expiredAt })) used.set(nameOf(row), row);
  }
  return claims.map((claim) => {
    const name = nameOf(claim);
    const owner = first.get(name) as Claim;
    return used.get(name) ?? (owner === claim ? "claimed" : underWay(owner));
  });
}

/** Keeps the answers of claimed keys. A second answer for the same key changes nothing. */
export async function storeAnswers(tx: Tx, answers: readonly KeptAnswer[], now: Date): Promise<void> {
  await setAnswers(tx, {
    principals: answers.map((answer) => answer.principal),
    keys: answers.map((answer) => answer.key),
    statuses: answers.map((answer) => answer.status),
    bodies: answers.map((answer) => answer.body),
    now,
  });
}

/** Names the order that the request of a claimed key turned out to be about, in place of the one it was to place. */
export async function noteOrder(tx: Tx, { principal, key }: Named, orderId: bigint): Promise<void> {
  await setOrder(tx, { principal, key, orderId });
}

/** Names the payment attempt that the request of a claimed key begins, so that others can complete its answer. */
export async function notePayment(
  tx: Tx,
  { principal, key }: Named,
  payment: { orderId: bigint; attempt: number },
): Promise<void> {
  await setPayment(tx, { principal, key, ...payment });
}

/** The row of a key that is in use, or undefined when it is free. */
export async function findKey(sql: Sql, { principal, key }: Named, now: Date): Promise<KeyRow | undefined> {
  const [row] = await findKeys(sql, { principals: [principal], keys: [key], expiredAt: expiryOf(now) });
  return row;
}

/** Takes away keys that are free again, 1,000 at most, and answers how many: the janitor comes back while there are more. */
export function forgetKeys(sql: Sql, now: Date): Promise<number> {
  return deleteExpiredKeys(sql, { expiredAt: expiryOf(now), most: mostForgotten });
}

const underWayMs = 60_000; // Longer than any request that lives; an older one without an answer has died.
const mostUnanswered = 500;

/** Keys of requests that placed or paid an order and died before they answered, for whoever can complete the answer. */
export function listUnanswered(sql: Sql, now: Date): Promise<KeyRow[]> {
  return listUnansweredKeys(sql, { claimedBefore: new Date(now.getTime() - underWayMs), limit: mostUnanswered });
}
