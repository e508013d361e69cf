import { findOrderLetters, type LetterKind, noteOnOrders, type OrderLetter } from "../orders/index.ts";
import type { Sql, Tx } from "../platform/db.ts";
import { columnsOf } from "../platform/statements.ts";
import { type Channel, type Delivery, failureReason } from "./channel.ts";
import { keepMails } from "./keep-mails.ts";
import { composeLetter, type Envelope, type Letter, messageIdOf } from "./letter.ts";
import { notificationFailed, notificationSent } from "./notification-events.ts";
import { insertSentMessages, openMessages, settleMessages } from "./notification-queries.ts";

/** Why somebody is told something: each cause is told once. */
export interface Cause {
  readonly orderId: bigint;
  readonly kind: LetterKind;
}

/** How a cause stands that needs no letter sent. */
export type Told = "told" | "told_before" | "no_address" | "no_order";

/** Who sends, and where recipients see their orders. */
export interface Sending extends Pick<Channel, "name" | "sender"> {
  /** The address of an order for whoever has this mail; null for orders that have no page. */
  linkTo?(order: OrderLetter): string | null;
}

function keyOf({ orderId, kind }: { orderId: bigint; kind: string }): string {
  return `${orderId} ${kind}`;
}

interface Draft extends Cause {
  readonly order: OrderLetter;
  readonly messageId: string;
  readonly recipient: string;
}

/** What would be told, each cause once, and why the others are not told. */
async function draft(sql: Sql, causes: readonly Cause[], { sender }: Sending) {
  const found = await findOrderLetters(sql, [...new Set(causes.map((cause) => cause.orderId))]);
  const orders = new Map(found.map((order) => [order.orderId, order]));
  const drafts = new Map<string, Draft>();
  const untold = new Map<string, Told>();
  for (const cause of causes) {
    const order = orders.get(cause.orderId);
    if (!order) untold.set(keyOf(cause), "no_order");
    else if (order.customerEmail === "") untold.set(keyOf(cause), "no_address");
    else {
      const messageId = messageIdOf(order.uid, cause.kind, sender);
      drafts.set(keyOf(cause), { ...cause, order, messageId, recipient: order.customerEmail });
    }
  }
  return { drafts, untold };
}

function envelopeOf(one: Omit<Draft, keyof Cause>, { sender, linkTo }: Sending): Envelope {
  const { messageId, recipient } = one;
  return { messageId, recipient, sender, link: linkTo?.(one.order) ?? null };
}

function columnsFrom(drafts: readonly Draft[]) {
  return columnsOf(drafts, {
    orderIds: (one) => one.orderId,
    kinds: (one) => one.kind as string,
    recipients: (one) => one.recipient,
    locales: (one) => one.order.locale,
    messageIds: (one) => one.messageId,
  });
}

/**
 * Tells causes by the embedded mailbox: the mark, the mail and the event are written together or not at all.
 *
 * Locks the messages by order and kind, then their orders in ascending order. Sends `NotificationSent` for each.
 * A second call changes nothing.
 */
export async function tellCustomers(tx: Tx, causes: readonly Cause[], sending: Sending, now: Date): Promise<Told[]> {
  const { drafts, untold } = await draft(tx, causes, sending);
  const fresh =
    drafts.size === 0
      ? []
      : await insertSentMessages(tx, { ...columnsFrom([...drafts.values()]), channel: sending.name, now });
  const letters = new Map<string, Letter>();
  for (const row of fresh) {
    const one = drafts.get(keyOf(row));
    if (one) letters.set(keyOf(row), composeLetter(one.order, one.kind, envelopeOf(one, sending)));
  }
  if (letters.size > 0) {
    const written = [...letters.values()];
    const notes = written.map((letter) => notificationSent(letter, sending.name, now));
    await Promise.all([keepMails(tx, written, now), noteOnOrders(tx, notes, now)]);
  }
  return causes.map((cause) => {
    const told = untold.get(keyOf(cause)) ?? (letters.has(keyOf(cause)) ? "told" : "told_before");
    letters.delete(keyOf(cause)); // Of the same cause given twice, the second was told before.
    return told;
  });
}

/**
 * Begins a try of each cause, before its letter is given to a channel that is not ours; answers the letter, or how a
 * cause stands that needs none. A repeated try keeps the recipient and the message id of the first.
 *
 * Locks the messages by order and kind. A cause that was told or given up is left as it is. Each cause is given once.
 */
export async function beginTelling(
  tx: Tx,
  causes: readonly Cause[],
  sending: Sending,
  now: Date,
): Promise<(Letter | Told)[]> {
  const { drafts, untold } = await draft(tx, causes, sending);
  const opened =
    drafts.size === 0
      ? []
      : await openMessages(tx, { ...columnsFrom([...drafts.values()]), channel: sending.name, now });
  const rows = new Map(opened.map((row) => [keyOf(row), row]));
  return causes.map((cause) => {
    const row = rows.get(keyOf(cause));
    const one = drafts.get(keyOf(cause));
    if (!row || !one) return untold.get(keyOf(cause)) ?? "told_before";
    const { recipient, messageId } = row;
    return composeLetter(one.order, one.kind, envelopeOf({ order: one.order, messageId, recipient }, sending));
  });
}

/** What the last try of a letter came to. */
export interface Ending {
  readonly letter: Letter;
  readonly delivery: Delivery;
}

/**
 * Ends the tries of letters: sent, or given up. The orders themselves are not touched by it.
 *
 * Locks the messages by order and kind, then their orders in ascending order. Sends `NotificationSent` or
 * `NotificationFailed` for each that was still open; a second call changes nothing.
 */
export async function endTelling(tx: Tx, endings: readonly Ending[], { name }: Sending, now: Date): Promise<void> {
  const columns = columnsOf(endings, {
    orderIds: ({ letter }) => letter.order.orderId,
    kinds: ({ letter }) => letter.kind as string,
    recipients: ({ letter }) => letter.recipient,
    locales: ({ letter }) => letter.order.locale,
    messageIds: ({ letter }) => letter.messageId,
    states: ({ delivery }) => (delivery.outcome === "sent" ? "sent" : "failed"),
    failures: ({ delivery }) => (delivery.outcome === "sent" ? null : delivery.reason),
  });
  const settled = new Set((await settleMessages(tx, { ...columns, channel: name, now })).map(keyOf));
  const notes = endings
    .filter(({ letter }) => settled.has(keyOf({ orderId: letter.order.orderId, kind: letter.kind })))
    .map(({ letter, delivery }) =>
      delivery.outcome === "sent"
        ? notificationSent(letter, name, now)
        : notificationFailed(letter, { channel: name, reason: failureReason(delivery) }, now),
    );
  if (notes.length > 0) await noteOnOrders(tx, notes, now);
}
