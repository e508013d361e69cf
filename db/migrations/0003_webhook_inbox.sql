-- What gateways tell us: kept before it is answered, worked on afterwards. And the money that fits no order.

-- One row for each webhook, by the gateway's own id for it. The amount and the currency are as they were told.
create table payments.webhook_inbox (
  gateway text not null,
  event_id text not null,
  -- Of the address and the body: the same id with another one is refused.
  fingerprint text not null,
  named_order text not null,
  body text not null,
  payment_id text not null,
  refund_id text,
  news text not null,
  amount_minor bigint not null,
  currency text not null,
  state text not null default 'received',
  tries int not null default 0,
  next_try_at timestamptz,
  outcome text,
  received_at timestamptz not null,
  ended_at timestamptz,
  primary key (gateway, event_id),
  constraint webhook_inbox_state_known check (state in ('received', 'worked', 'parked')),
  constraint webhook_inbox_news_known
    check (news in ('succeeded', 'failed', 'refunded', 'refund_failed', 'charged_back')),
  constraint webhook_inbox_amount_not_negative check (amount_minor >= 0),
  constraint webhook_inbox_body_within_bounds check (octet_length(body) <= 16384),
  -- What waits has a next try; what ended says when and as what.
  constraint webhook_inbox_received_are_tried check ((state = 'received') = (next_try_at is not null)),
  constraint webhook_inbox_ended_whole
    check ((state = 'received') = (ended_at is null) and (ended_at is null) = (outcome is null))
) with (fillfactor = 80);
create index webhook_inbox_waiting on payments.webhook_inbox (received_at) where state = 'received';
create index webhook_inbox_by_age on payments.webhook_inbox (ended_at) where state = 'worked';

-- Money that somebody named and that fits no order as it was named. Its task says whether it is decided what becomes of it.
create table payments.suspense (
  gateway text not null,
  reference text not null,
  kind text not null,
  amount_minor bigint not null,
  currency text not null,
  order_id bigint,
  task_cause text not null,
  heard_from text not null,
  held_at timestamptz not null,
  primary key (gateway, reference, kind),
  constraint suspense_kind_known check (kind in ('capture', 'refund', 'refund_failed', 'chargeback')),
  constraint suspense_amount_not_negative check (amount_minor >= 0)
);
