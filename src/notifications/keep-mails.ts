import type { Tx } from "../platform/db.ts";
import { columnsOf } from "../platform/statements.ts";
import type { AccountNotice } from "./account-letter.ts";
import type { Letter } from "./letter.ts";
import { insertMails } from "./notification-queries.ts";

/** No order has it. Null would not be understood by a release that knows mails of orders alone and still runs beside. */
export const aboutNoOrder = 0n;

/** Keeps letters in the embedded mailbox. A second call with the same letters changes nothing. */
export async function keepMails(tx: Tx, letters: readonly (Letter | AccountNotice)[], now: Date): Promise<void> {
  if (letters.length === 0) return;
  const columns = columnsOf(letters, {
    messageIds: (letter) => letter.messageId,
    orderIds: (letter) => ("order" in letter ? letter.order.orderId : aboutNoOrder),
    kinds: (letter) => letter.kind as string,
    senders: ({ sender }) => (sender.name === "" ? sender.address : `${sender.name} <${sender.address}>`),
    recipients: (letter) => letter.recipient,
    subjects: (letter) => letter.subject,
    textBodies: (letter) => letter.text,
    htmlBodies: (letter) => letter.html,
  });
  await insertMails(tx, { ...columns, now });
}
