import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { Channel } from "./channel.ts";
import { keepMails } from "./keep-mails.ts";
import { parseSender } from "./letter.ts";

export interface MailboxOptions {
  /** `Name <address>`. */
  readonly from: string;
}

/**
 * The embedded mailbox: letters are kept in our own database and can be read there. The job that tells customers does
 * not call `send`: it keeps the letters in the transaction that marks them as sent, so that each is there exactly once.
 */
export function mailboxChannel(db: Db, clock: Clock, { from }: MailboxOptions): Channel {
  return {
    name: "mailbox",
    sender: parseSender(from),
    async send(letter) {
      await db.transaction((tx) => keepMails(tx, [letter], clock.now()));
      return { outcome: "sent" };
    },
    close: () => Promise.resolve(),
  };
}
