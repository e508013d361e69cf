import type { Tx } from "../platform/db.ts";
import type { AccountNotice } from "./account-letter.ts";
import { insertSentAccountMessage, openAccountMessage, settleAccountMessage } from "./account-message-queries.ts";
import { type Channel, type Delivery, failureReason } from "./channel.ts";
import { keepMails } from "./keep-mails.ts";

/** A message about an account, by the id under which it is sent once. */
export interface AccountMessage {
  readonly messageId: string;
  readonly notice: AccountNotice;
}

type Sending = Pick<Channel, "name">;

/** Tells by the embedded mailbox: the mark and the mail are written together. A second call changes nothing. */
export async function tellByMailbox(tx: Tx, { messageId, notice }: AccountMessage, { name }: Sending, now: Date) {
  const fresh = await insertSentAccountMessage(tx, { messageId, kind: notice.kind, channel: name, now });
  if (fresh === 1) await keepMails(tx, [notice], now);
}

/** Begins a try by a channel that is not ours; false when the message was sent or given up before. */
export async function beginAccountTry(
  tx: Tx,
  { messageId, notice }: AccountMessage,
  { name }: Sending,
  now: Date,
): Promise<boolean> {
  return (await openAccountMessage(tx, { messageId, kind: notice.kind, channel: name, now })) !== undefined;
}

/** Ends the tries of a message: sent, or given up. A second call changes nothing. */
export async function endAccountTries(
  tx: Tx,
  { messageId, delivery }: { messageId: string; delivery: Delivery },
  now: Date,
): Promise<void> {
  const sent = delivery.outcome === "sent";
  const failure = sent ? null : failureReason(delivery);
  await settleAccountMessage(tx, { messageId, state: sent ? "sent" : "failed", failure, now });
}
