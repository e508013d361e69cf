import { type Static, Type } from "typebox";
import { BigInteger } from "../http/write-json.ts";
import { orderNumber } from "../orders/index.ts";
import { aboutNoOrder } from "./keep-mails.ts";
import { orderUidOf } from "./letter.ts";
import type { Mail, MailHead } from "./notification-queries.ts";

const MailHeadView = Type.Object(
  {
    id: BigInteger({ minimum: 1, examples: [7] }),
    message_id: Type.String({ examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f-order_confirmation"] }),
    order_id: Type.Union([Type.String({ format: "uuid" }), Type.Null()], {
      description: "Null in letters about accounts.",
      examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f"],
    }),
    order_number: Type.Union([Type.String(), Type.Null()], { examples: ["ORD-27180435"] }),
    kind: Type.String({ examples: ["order_confirmation"] }),
    from: Type.String({ examples: ["orders@example.com"] }),
    to: Type.String({ examples: ["tanaka@example.co.jp"] }),
    subject: Type.String({ examples: ["ご注文ありがとうございます"] }),
    sent_at: Type.String({ format: "date-time" }),
  },
  { title: "MailHead" },
);

export const MailView = Type.Object(
  {
    ...MailHeadView.properties,
    text: Type.String({ examples: ["田中太郎 様"] }),
    html: Type.String({ examples: ["<p>田中太郎 様</p>"] }),
  },
  { title: "Mail" },
);
export const MailListView = Type.Object(
  {
    data: Type.Array(MailHeadView),
    next_cursor: Type.Union([Type.String(), Type.Null()], { description: "Null on the last page.", examples: [null] }),
  },
  { title: "MailPage" },
);

/** Its link opens an account: whoever may not do everything does not read it. */
export function isAboutAccount({ orderId }: MailHead): boolean {
  return orderId === aboutNoOrder;
}

export function mailHeadView(mail: MailHead): Static<typeof MailHeadView> {
  return {
    id: mail.mailId,
    message_id: mail.messageId,
    order_id: isAboutAccount(mail) ? null : orderUidOf(mail.messageId),
    order_number: isAboutAccount(mail) ? null : orderNumber(mail.orderId),
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
