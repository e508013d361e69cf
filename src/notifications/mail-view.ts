import { type Static, Type } from "typebox";
import { BigInteger } from "../http/write-json.ts";
import { orderNumber } from "../orders/index.ts";
import { orderUidOf } from "./letter.ts";
import type { Mail, MailHead } from "./notification-queries.ts";

const MailHeadView = Type.Object({
  id: BigInteger({ minimum: 1 }),
  message_id: Type.String(),
  order_id: Type.String({ format: "uuid" }),
  order_number: Type.String(),
  kind: Type.String(),
  from: Type.String(),
  to: Type.String(),
  subject: Type.String(),
  sent_at: Type.String({ format: "date-time" }),
});

export const MailView = Type.Object({ ...MailHeadView.properties, text: Type.String(), html: Type.String() });
export const MailListView = Type.Object({
  data: Type.Array(MailHeadView),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
});

export function mailHeadView(mail: MailHead): Static<typeof MailHeadView> {
  return {
    id: mail.mailId,
    message_id: mail.messageId,
    order_id: orderUidOf(mail.messageId),
    order_number: orderNumber(mail.orderId),
    kind: mail.kind,
    from: mail.sender,
    to: mail.recipient,
    subject: mail.subject,
    sent_at: mail.sentAt.toISOString(),
  };
}

export function mailView(mail: Mail): Static<typeof MailView> {
  return { ...mailHeadView(mail), text: mail.textBody, html: mail.htmlBody };
}
