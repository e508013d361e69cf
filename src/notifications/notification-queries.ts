import { change, many, maybeOne, type Sql, type Tx } from "../platform/db.ts";

type MessageKey = { orderId: bigint; kind: string };
type MessageColumns = {
  orderIds: bigint[];
  kinds: string[];
  recipients: string[];
  locales: string[];
  messageIds: string[];
  channel: string;
  now: Date;
};

// All three write one row for each cause and lock in the order of the causes, so that two sets never wait for each
// other in a circle. None joins the table to the set: a conflict finds its row by the key, however large the table.

/** Claims causes and marks them as told at once; answers those that were not told before. */
export const insertSentMessages = many<Tx, MessageColumns, MessageKey>(
  "notifications.insert_sent_messages",
  `
  insert into notifications.messages
    (order_id, kind, state, channel, recipient, locale, message_id, tries, created_at, sent_at)
  select given.order_id, given.kind, 'sent', :channel::text, given.recipient, given.locale, given.message_id, 1,
         :now::timestamptz, :now::timestamptz
    from unnest(:orderIds::bigint[], :kinds::text[], :recipients::text[], :locales::text[], :messageIds::text[])
      as given (order_id, kind, recipient, locale, message_id)
   order by given.order_id, given.kind
      on conflict (order_id, kind) do nothing
  returning order_id, kind`,
);

/** Begins a try of each cause that was neither told nor given up; what its first try wrote down stays. */
export const openMessages = many<Tx, MessageColumns, MessageKey & { recipient: string; messageId: string }>(
  "notifications.open_messages",
  `
  insert into notifications.messages as message
    (order_id, kind, state, channel, recipient, locale, message_id, tries, created_at)
  select given.order_id, given.kind, 'queued', :channel::text, given.recipient, given.locale, given.message_id, 1,
         :now::timestamptz
    from unnest(:orderIds::bigint[], :kinds::text[], :recipients::text[], :locales::text[], :messageIds::text[])
      as given (order_id, kind, recipient, locale, message_id)
   order by given.order_id, given.kind
      on conflict (order_id, kind) do update
     set tries = message.tries + 1, channel = excluded.channel
   where message.state = 'queued'
  returning order_id, kind, recipient, message_id`,
);

/** Ends the tries of messages; answers those that were still open. */
export const settleMessages = many<Tx, MessageColumns & { states: string[]; failures: (string | null)[] }, MessageKey>(
  "notifications.settle_messages",
  `
  insert into notifications.messages as message
    (order_id, kind, state, channel, recipient, locale, message_id, tries, failure, created_at, sent_at)
  select given.order_id, given.kind, given.state, :channel::text, given.recipient, given.locale, given.message_id, 1,
         given.failure, :now::timestamptz, case when given.state = 'sent' then :now::timestamptz end
    from unnest(:orderIds::bigint[], :kinds::text[], :recipients::text[], :locales::text[], :messageIds::text[],
                :states::text[], :failures::text[])
      as given (order_id, kind, recipient, locale, message_id, state, failure)
   order by given.order_id, given.kind
      on conflict (order_id, kind) do update
     set state = excluded.state, failure = excluded.failure, sent_at = excluded.sent_at
   where message.state = 'queued'
  returning order_id, kind`,
);

/** Puts letters into the embedded mailbox; one that is there stays as it is. */
export const insertMails = change<
  Tx,
  {
    messageIds: string[];
    orderIds: bigint[];
    kinds: string[];
    senders: string[];
    recipients: string[];
    subjects: string[];
    textBodies: string[];
    htmlBodies: string[];
    now: Date;
  }
>(
  "notifications.insert_mails",
  `
  insert into notifications.mails
    (message_id, order_id, kind, sender, recipient, subject, text_body, html_body, sent_at)
  select given.*, :now::timestamptz
    from unnest(:messageIds::text[], :orderIds::bigint[], :kinds::text[], :senders::text[], :recipients::text[],
                :subjects::text[], :textBodies::text[], :htmlBodies::text[])
      as given (message_id, order_id, kind, sender, recipient, subject, text_body, html_body)
      on conflict (message_id) do nothing`,
);

/** A mail as a list shows it. */
export interface MailHead {
  readonly mailId: bigint;
  readonly messageId: string;
  readonly orderId: bigint;
  readonly kind: string;
  readonly sender: string;
  readonly recipient: string;
  readonly subject: string;
  readonly sentAt: Date;
}

export interface Mail extends MailHead {
  readonly textBody: string;
  readonly htmlBody: string;
}

const head = "mail_id, message_id, order_id, kind, sender, recipient, subject, sent_at";
const page = "mail_id < :before order by mail_id desc limit :limit";
// An order has as many mails as there are kinds: they are found by its messages, without an index of their own. The
// inner query keeps a plan that was made while the tables were empty from walking all mails, newest first.
const ofOrder = `
  select mail.*
    from notifications.messages as message
   cross join lateral (
     select ${head} from notifications.mails as kept where kept.message_id = message.message_id offset 0
   ) as mail
   where message.order_id = :orderId and mail.mail_id < :before`;

export type MailPage = { before: bigint; limit: number };

export const listMails = many<Sql, MailPage, MailHead>(
  "notifications.list_mails",
  `select ${head} from notifications.mails where ${page}`,
);

/** The inner query keeps the planner from walking all mails, newest first, until the address comes by. */
export const listMailsTo = many<Sql, MailPage & { recipient: string }, MailHead>(
  "notifications.list_mails_to",
  `
  select mail.*
    from (select ${head} from notifications.mails where recipient = :recipient offset 0) as mail
   where mail.mail_id < :before
   order by mail.mail_id desc limit :limit`,
);

export const listMailsOfOrder = many<Sql, MailPage & { orderId: bigint }, MailHead>(
  "notifications.list_mails_of_order",
  `${ofOrder}
   order by mail.mail_id desc limit :limit`,
);

export const listMailsOfOrderTo = many<Sql, MailPage & { orderId: bigint; recipient: string }, MailHead>(
  "notifications.list_mails_of_order_to",
  `${ofOrder} and mail.recipient = :recipient
   order by mail.mail_id desc limit :limit`,
);

export const findMail = maybeOne<Sql, { mailId: bigint }, Mail>(
  "notifications.find_mail",
  `select ${head}, text_body, html_body from notifications.mails where mail_id = :mailId`,
);

/** Notes until when mails may have been forgotten; that never moves back. */
export const setForgottenBefore = change<Tx, { before: Date }>(
  "notifications.set_forgotten_before",
  "update notifications.mailbox set forgotten_before = greatest(forgotten_before, :before::timestamptz)",
);

/**
 * Deletes those of the oldest mails that are old enough. They are found by id, which grows with time: an index of times
 * would cost every mail, to be used every ten minutes.
 */
export const deleteOldMails = change<Tx, { before: Date; most: number }>(
  "notifications.delete_old_mails",
  `
  with oldest as materialized (
    select mail_id, sent_at from notifications.mails order by mail_id limit :most
  )
  delete from notifications.mails
   where mail_id in (select oldest.mail_id from oldest where oldest.sent_at < :before)`,
);
