-- Tasks that people take and close, the record of who did what, and what the embedded mailbox has forgotten.

alter table tasks.tasks
  add column assignee text,
  add column assigned_at timestamptz,
  add column assigned_by text,
  add column closed_by text,
  add column closed_reason text;
-- Until now a task could be closed by hand alone.
update tasks.tasks
   set closed_by = 'unknown', closed_reason = 'Closed before reasons were kept.'
 where closed_at is not null;
alter table tasks.tasks
  add constraint tasks_assigned_whole check (num_nulls(assignee, assigned_at, assigned_by) in (0, 3)),
  add constraint tasks_closed_whole check (num_nulls(closed_at, closed_by, closed_reason) in (0, 3));
create index tasks_open on tasks.tasks (task_id) where closed_at is null;
create index tasks_of_kind on tasks.tasks (kind, task_id);
create index tasks_of_order on tasks.tasks (order_id, task_id) where order_id is not null;
create index tasks_of_assignee on tasks.tasks (assignee, task_id) where assignee is not null;

create schema audit;

-- Who did what, where the change leaves no event of its own. Written in the transaction of the change, never edited.
create table audit.entries (
  entry_id bigint generated always as identity primary key,
  actor text not null,
  actor_name text not null,
  action text not null,
  subject text not null,
  request_id text,
  detail jsonb not null,
  recorded_at timestamptz not null,
  constraint entries_have_an_author check (actor <> '' and action <> '' and subject <> '')
);
create index entries_of_actor on audit.entries (actor, entry_id);
create index entries_of_action on audit.entries (action, entry_id);
create index entries_of_subject on audit.entries (subject, entry_id);
create trigger entries_append_only before update or delete or truncate on audit.entries
  for each statement execute function platform.refuse_change();

-- Mails that were sent before this time may have been forgotten: verify misses none of them.
create table notifications.mailbox (
  singleton boolean primary key default true,
  forgotten_before timestamptz,
  constraint mailbox_is_one check (singleton)
);
insert into notifications.mailbox default values;
-- By hash, since every mail pays for it: half of what a tree of addresses costs (2026-11: 2 us a mail against 5).
create index mails_to on notifications.mails using hash (recipient);
