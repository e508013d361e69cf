import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answered, Asking } from "./serve.ts";

/** One node as a client sees it, or whatever stands before several. */
export interface Node {
  send(method: string, path: string, asking?: Asking): Promise<Answered>;
}

/** What a client sends until it has its answer: always with a key. */
export interface Wish {
  readonly method: "POST" | "DELETE";
  readonly path: string;
  readonly key: string;
  readonly body?: unknown;
  readonly status: number;
}

const patienceMs = 60_000; // For one key, faults included; what takes longer counts as stuck.
const againMs = 50;

/**
 * Sends a request until it is answered as wished, as a careful client does: with one key, each time to the node that
 * `choose` names, waiting after each refusal. Notes every status in `statuses`, 0 for a connection that broke. Fails on
 * an answer that is no reason to come again.
 */
export async function insist(
  wish: Wish,
  choose: () => Node | undefined,
  statuses: number[] = [],
): Promise<Answered & { replayed: boolean }> {
  const { method, path, key, body, status } = wish;
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    const answer = await choose()
      ?.send(method, path, { key, body })
      .catch(() => undefined);
    if (answer?.status === status) {
      statuses.push(status);
      return { ...answer, replayed: answer.headers.has("idempotent-replayed") };
    }
    if (answer) assertComeAgain(answer, statuses);
    statuses.push(answer?.status ?? 0);
    await sleep(againMs);
  }
  assert.fail(`${key} is stuck: ${statuses}`);
}

/** A key is in flight only for who sent it before. */
function assertComeAgain({ status, text, headers }: Answered, before: readonly number[]): void {
  assert.ok(status === 503 || (status === 409 && before.length > 0), `${before}, ${status}: ${text}`);
  assert.ok(Number(headers.get("retry-after")) > 0, `says when to come again: ${text}`);
}

export const ordersPath = "/api/v1/orders/";

/** An order of 0.30 USD, which the sandbox pays. */
export function orderWish(key: string): Wish {
  const items = [{ product_name: `Tea for ${key}`, quantity: 3, unit_price: 0.1 }];
  const body = { customer_email: `${key}@example.com`, customer_name: "Ann", items, currency: "USD" };
  return { method: "POST", path: ordersPath, key, body, status: 201 };
}

/** The id in an order as v1 shows it. */
export function orderIdOf({ text }: Pick<Answered, "text">): bigint {
  return BigInt(/^\{"id":(\d+),/.exec(text)?.[1] ?? "0");
}
