-- Files of orders on their way into the shop: the import, its orders as they were read, its rows as they stand in the file.

create schema imports;

create table imports.imports (
  import_id bigint generated always as identity primary key,
  uid uuid not null,
  source text not null,
  name text not null,
  status text not null default 'received',
  paused_at timestamptz,
  options jsonb not null,
  plan jsonb,
  blob_key text,
  bytes bigint not null,
  content_hash text not null,
  options_hash text not null,
  generation int not null,
  stage text,
  mark int not null default 0,
  read_bytes bigint not null default 0,
  stage_at timestamptz,
  stage_from int not null default 0,
  runner uuid,
  rows_read int not null default 0,
  rows_dropped int not null default 0,
  rows_placed int not null default 0,
  rows_rejected int not null default 0,
  rows_duplicate int not null default 0,
  orders_read int not null default 0,
  orders_dropped int not null default 0,
  orders_placed int not null default 0,
  orders_rejected int not null default 0,
  orders_duplicate int not null default 0,
  orders_unpaid int not null default 0,
  -- How often which fault was found while reading, for the preview.
  fault_counts jsonb not null default '[]',
  failure_code text,
  failure_detail text,
  created_by text not null,
  last_sequence int not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  constraint imports_uid_once unique (uid),
  -- The same file with the same options is the same import, unless it was asked to go again.
  constraint imports_file_once unique (source, content_hash, options_hash, generation),
  constraint imports_status_known
    check (status in ('received', 'validating', 'ready', 'running', 'completed', 'completed_with_errors', 'cancelled',
                      'failed')),
  constraint imports_stage_fits
    check (case status when 'validating' then stage in ('reading', 'merging', 'checking') is true
                       when 'running' then stage in ('placing', 'paying') is true
                       else stage is null end),
  constraint imports_only_running_are_paused check (paused_at is null or status = 'running'),
  constraint imports_failed_say_why
    check ((status = 'failed') = (failure_code is not null) and (failure_code is null) = (failure_detail is null)),
  constraint imports_ended_say_when
    check ((status in ('completed', 'completed_with_errors', 'cancelled', 'failed')) = (ended_at is not null)),
  constraint imports_keep_their_file check (blob_key is not null or ended_at is not null),
  constraint imports_counts_not_negative
    check (least(mark, stage_from, rows_read, rows_dropped, rows_placed, rows_rejected, rows_duplicate, orders_read,
                 orders_dropped, orders_placed, orders_rejected, orders_duplicate, orders_unpaid) >= 0
           and least(bytes, read_bytes) >= 0),
  constraint imports_counts_within_what_was_read
    check (orders_dropped + orders_placed + orders_rejected + orders_duplicate <= orders_read
           and rows_dropped + rows_placed + rows_rejected + rows_duplicate <= rows_read),
  constraint imports_completed_have_nothing_pending
    check (status not in ('completed', 'completed_with_errors')
           or orders_dropped + orders_placed + orders_rejected + orders_duplicate = orders_read
              and rows_dropped + rows_placed + rows_rejected + rows_duplicate = rows_read)
) with (fillfactor = 50);

-- Rows of a file that belong to one order. Rows of it that stand elsewhere are fragments of their own, merged into the
-- first. No foreign keys here: a million orders would look each of theirs up; verify compares instead (I22).
create table imports.import_orders (
  import_id bigint not null,
  -- The number of its first row.
  order_no int not null,
  rows int not null,
  -- Rows of the whole order that were not dropped; none on what was merged into another.
  live_rows int not null,
  -- Of its rows: what it takes to read them again.
  characters int not null default 0,
  -- In how many pieces it stands in the file; 0 on one that was put together with an earlier one.
  fragments int not null default 1,
  merged_into int,
  -- The order that was placed, or is there already; null while it waits.
  order_id bigint,
  -- Why it is not placed. Pending and placed orders have none, so that placing touches no index.
  exception text,
  unpaid boolean not null default false,
  reference text,
  -- Whose reference it is, when the file says so: an export of ours. Else the import's.
  source text,
  uid uuid,
  -- Until it is placed.
  draft json,
  -- Why it was rejected after it was read.
  reason json,
  primary key (import_id, order_no),
  constraint import_orders_exception_known check (exception in ('rejected', 'duplicate', 'dropped')),
  constraint import_orders_rows_counted check (rows > 0 and live_rows >= 0 and fragments >= 0),
  constraint import_orders_merged_into_an_earlier check (merged_into < order_no),
  constraint import_orders_pending_have_a_draft
    check (exception is not null or order_id is not null or draft is not null or merged_into is not null)
) with (fillfactor = 75);
create index import_orders_exceptions on imports.import_orders (import_id, exception, order_no)
  where exception is not null;
create index import_orders_merged on imports.import_orders (import_id, merged_into, order_no)
  where merged_into is not null;

create table imports.import_rows (
  import_id bigint not null,
  row_no int not null,
  order_no int not null,
  line int not null,
  dropped boolean not null,
  faults json,
  -- As it stands in the file.
  raw text not null,
  primary key (import_id, row_no),
  constraint import_rows_numbered check (order_no > 0 and row_no >= order_no and line > 0)
);
create index import_rows_with_faults on imports.import_rows (import_id, row_no) where faults is not null;
