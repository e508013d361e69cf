import { change, maybeOne, type Sql, type Tx } from "./db.ts";

/**
 * Takes or renews a lease by database time; no row comes back while another holder has it. The token grows whenever the
 * lease was over, also for the same holder: what it began before may have been overtaken since.
 */
export const upsertLease = maybeOne<Sql, { name: string; holder: string; seconds: number }, { token: bigint }>(
  "platform.upsert_lease",
  `
  insert into platform.leases as held (name, holder, token, lease_until)
  values (:name, :holder, 1, clock_timestamp() + make_interval(secs => :seconds))
  on conflict (name) do update
     set holder = excluded.holder,
         token = held.token
               + case when held.holder = excluded.holder and held.lease_until > clock_timestamp() then 0 else 1 end,
         lease_until = excluded.lease_until
   where held.holder = excluded.holder or held.lease_until <= clock_timestamp()
  returning token`,
);

/**
 * Keeps the lease from changing hands until the transaction ends: takers wait for the row. A holder that falls asleep in
 * that transaction is cut off by PostgreSQL when its lease is over, or it would keep the row for as long as it sleeps.
 */
export const lockLease = maybeOne<Tx, { name: string; holder: string; token: bigint }, { token: bigint }>(
  "platform.lock_lease",
  `
  select token,
         set_config('idle_in_transaction_session_timeout',
                    greatest(1000, ceil(1000 * extract(epoch from lease_until - clock_timestamp())))::int::text, true)
    from platform.leases
   where name = :name and holder = :holder and token = :token and lease_until > clock_timestamp()
     for share`,
);

export const endLease = change<Sql, { name: string; holder: string; token: bigint }>(
  "platform.end_lease",
  `
  update platform.leases
     set lease_until = least(lease_until, clock_timestamp())
   where name = :name and holder = :holder and token = :token`,
);
