import { Type } from "typebox";
import type { LetterKind, OrderNote } from "../orders/index.ts";
import type { Channel, FailureReason } from "./channel.ts";
import type { Letter } from "./letter.ts";

const Kind = Type.Enum(["order_confirmation", "order_shipped", "order_cancelled"] satisfies LetterKind[]);
const ChannelName = Type.Enum(["mailbox", "smtp", "http"] satisfies Channel["name"][]);
const Time = Type.String({ format: "date-time" });

/** What is announced about messages to people. Nothing in it says who they are. */
export const notificationEvents = {
  NotificationSent: Type.Object({
    messageId: Type.String(),
    orderId: Type.String({ format: "uuid" }),
    kind: Kind,
    channel: ChannelName,
    sentAt: Time,
  }),
  NotificationFailed: Type.Object({
    messageId: Type.String(),
    orderId: Type.String({ format: "uuid" }),
    kind: Kind,
    channel: ChannelName,
    reason: Type.Enum(["REFUSED", "OUTCOME_UNKNOWN", "NOT_DELIVERED"] satisfies FailureReason[]),
    failedAt: Time,
  }),
} as const;

function note(type: keyof typeof notificationEvents, { kind, order, messageId }: Letter, rest: object): OrderNote {
  const data = { messageId, orderId: order.uid, kind, ...rest };
  return { orderId: order.orderId, type, data, actor: "orderwell", cause: `letter ${kind}` };
}

export function notificationSent(letter: Letter, channel: Channel["name"], now: Date): OrderNote {
  return note("NotificationSent", letter, { channel, sentAt: now.toISOString() });
}

export function notificationFailed(
  letter: Letter,
  failed: { channel: Channel["name"]; reason: FailureReason },
  now: Date,
): OrderNote {
  return note("NotificationFailed", letter, { ...failed, failedAt: now.toISOString() });
}
