import { setTimeout as sleep } from "node:timers/promises";

const evenMs = 300; // More than either way takes: how long an answer takes does not tell whether the address is known.

/** Does something so that its end does not tell what there was to do. */
export async function evenly(work: Promise<unknown>): Promise<void> {
  await Promise.all([work, sleep(evenMs)]);
}
