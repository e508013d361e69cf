import { refusal } from "../platform/errors.ts";

export const mailNotFound = refusal<{ mail: string }>(
  "mail.not_found",
  "not-found",
  ({ mail }) => `There is no mail ${mail}.`,
);

export const mailCursorUnknown = refusal<object>(
  "mail.cursor_unknown",
  "invalid",
  () => "The cursor is not one that a list of mails gave.",
);

export const notificationOrderUnknown = refusal<{ order: bigint }>(
  "notification.order_unknown",
  "not-found",
  ({ order }) => `There is no order ${order} to write about.`,
);

export const notificationRecipientWrong = refusal<object>(
  "notification.recipient_wrong",
  "invalid",
  () => "Letters about an order go to the address of the order only.",
);

export const notificationUntrue = refusal<{ template: string; status: string }>(
  "notification.untrue",
  "conflict",
  ({ template, status }) => `The order is ${status}; ${template} would not be true.`,
);
