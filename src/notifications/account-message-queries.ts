import { change, maybeOne, type Tx } from "../platform/db.ts";

type Message = { messageId: string; kind: string; channel: string; now: Date };

/** Marks a message as sent; none when it was sent or given up before. */
export const insertSentAccountMessage = change<Tx, Message>(
  "notifications.insert_sent_account_message",
  `
  insert into notifications.account_messages (message_id, kind, state, channel, tries, created_at, sent_at)
  values (:messageId::uuid, :kind, 'sent', :channel, 1, :now, :now)
      on conflict (message_id) do nothing`,
);

/** Begins a try of a message; none when it was sent or given up. */
export const openAccountMessage = maybeOne<Tx, Message, { tries: number }>(
  "notifications.open_account_message",
  `
  insert into notifications.account_messages as message (message_id, kind, state, channel, tries, created_at)
  values (:messageId::uuid, :kind, 'queued', :channel, 1, :now)
      on conflict (message_id) do update
     set tries = message.tries + 1, channel = excluded.channel
   where message.state = 'queued'
  returning tries`,
);

/** Ends the tries of a message. */
export const settleAccountMessage = change<
  Tx,
  { messageId: string; state: "sent" | "failed"; failure: string | null; now: Date }
>(
  "notifications.settle_account_message",
  `
  update notifications.account_messages
     set state = :state, failure = :failure,
         sent_at = case when :state::text = 'sent' then :now::timestamptz end
   where message_id = :messageId::uuid and state = 'queued'`,
);
