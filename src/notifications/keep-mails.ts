import type { Tx } from "../platform/db.ts";
import { columnsOf } from "../platform/statements.ts";
import type { Letter } from "./letter.ts";
import { insertMails } from "./notification-queries.ts";

/** Keeps letters in the embedded mailbox. A second call with the same letters changes nothing. */
export async function keepMails(tx: Tx, letters: readonly Letter[], now: Date): Promise<void> {
  if (letters.length === 0) return;
  const columns = columnsOf(letters, {
    messageIds: (letter) => letter.messageId,
    orderIds: (letter) => letter.order.orderId,
    kinds: (letter) => letter.kind as string,
    senders: ({ sender }) => (sender.name === "" ? sender.address : `${sender.name} <${sender.address}>`),
    recipients: (letter) => letter.recipient,
    subjects: (letter) => letter.subject,
    textBodies: (letter) => letter.text,
    htmlBodies: (letter) => letter.html,
  });
  await insertMails(tx, { ...columns, now });
}
