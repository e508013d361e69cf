import type { Tx } from "../platform/db.ts";
import type { Channel } from "./channel.ts";
import { beginTelling, type Cause, endTelling } from "./tell-customers.ts";

const delivery = { outcome: "not_sent", reason: "Its job was discarded.", holdup: "letter" } as const;

/**
 * Gives up telling a cause, as after its last try. A cause that was told or given up is left as it is, and so is one
 * that has nobody to tell.
 *
 * Locks the message, then its order. Sends `NotificationFailed`.
 */
export async function giveUpTelling(
  tx: Tx,
  cause: Cause,
  sending: Pick<Channel, "name" | "sender">,
  now: Date,
): Promise<void> {
  const [letter] = await beginTelling(tx, [cause], sending, now);
  if (letter === undefined || typeof letter === "string") return;
  await endTelling(tx, [{ letter, delivery }], sending, now);
}
