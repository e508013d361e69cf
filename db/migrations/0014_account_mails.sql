-- What users are told about their accounts: once for each message. Its words are not kept, since links stand in them.
create table notifications.account_messages (
  message_id uuid primary key,
  kind text not null,
  state text not null,
  channel text not null,
  tries int not null,
  failure text,
  created_at timestamptz not null,
  sent_at timestamptz,
  constraint account_messages_state_known check (state in ('queued', 'sent', 'failed')),
  constraint account_messages_sent_have_a_time check ((state = 'sent') = (sent_at is not null))
);

-- A mail about no order has the order 0, which no order has: releases that know mails of orders alone go on listing them.
