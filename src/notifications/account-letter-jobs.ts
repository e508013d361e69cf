import { type AccountLetterPayload, isAccountLetterPayload, tellAccount, unsealLetter } from "../identity/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { reach } from "../platform/failpoints.ts";
import type { Job } from "../platform/jobs.ts";
import type { PublicAddress } from "../platform/public-address.ts";
import { composeAccountLetter } from "./account-letter.ts";
import type { Channel } from "./channel.ts";
import { beginAccountTry, endAccountTries, tellByMailbox } from "./tell-account-letter.ts";

export interface AccountLetterOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly channel: Channel;
  readonly publicAddress: PublicAddress;
  /** Opens the sealed letters. */
  readonly authSecret: string;
}

/**
 * Tells somebody about an account. May run twice or late: a message that was sent or given up is left alone. What it says
 * and to whom is sealed in its payload, and stands in nothing that is kept but the mail itself.
 */
export function tellAccountJob(options: AccountLetterOptions): Job<AccountLetterPayload> {
  const { db, clock, channel } = options;
  return {
    declaration: tellAccount,
    accepts: isAccountLetterPayload,
    async run(payload, { lastTry, signal }) {
      const message = { messageId: payload.id, notice: composed(payload, options) };
      if (channel.name === "mailbox") {
        await db.transaction((tx) => tellByMailbox(tx, message, channel, clock.now()));
        return;
      }
      if (!(await db.transaction((tx) => beginAccountTry(tx, message, channel, clock.now())))) return;
      signal.throwIfAborted();
      const delivery = await channel.send(message.notice);
      await reach("after-account-letter");
      const mayChange = delivery.outcome === "unknown" || delivery.outcome === "not_sent";
      if (mayChange && !lastTry) throw new Error(`The letter ${payload.id} is to be tried again: ${delivery.reason}`);
      await db.transaction((tx) => endAccountTries(tx, { messageId: payload.id, delivery }, clock.now()));
    },
  };
}

function composed(payload: AccountLetterPayload, { authSecret, channel, publicAddress }: AccountLetterOptions) {
  const letter = unsealLetter(payload, authSecret);
  if (!letter) throw new Error(`The letter ${payload.id} was sealed with another AUTH_SECRET.`);
  return composeAccountLetter(letter, { id: payload.id, sender: channel.sender, address: publicAddress.url() });
}
