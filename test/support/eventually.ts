import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

const lookEveryMs = 10;
const longestMs = 20_000; // Far beyond what any condition takes on a busy machine; only a failing test waits so long.

/** Waits until the condition holds; fails with its name when it never does. Errors count as not yet. */
export async function eventually(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const endMs = performance.now() + longestMs;
  let trouble: unknown;
  while (performance.now() < endMs) {
    try {
      if (await holds()) return;
      trouble = undefined;
    } catch (error) {
      trouble = error;
    }
    await sleep(lookEveryMs);
  }
  assert.fail(`It never came true that ${what}.${trouble ? ` Last: ${trouble}` : ""}`);
}
