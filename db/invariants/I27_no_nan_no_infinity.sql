-- id: I27
-- title: No column may hold NaN, and no deadline is infinite
-- when: always
-- A column that refuses NaN by a constraint says so by its name; our money is bigint, so there is none so far.
select format('%I.%I.%I is numeric, and no constraint refuses NaN.', nspname, relname, attname) as what,
       null::bigint as order_id
  from pg_attribute
  join pg_class on pg_class.oid = attrelid
  join pg_namespace on pg_namespace.oid = relnamespace
 where nspname in ('platform', 'http', 'audit', 'identity', 'tasks', 'events', 'payments', 'fulfillment', 'orders',
                   'notifications', 'imports', 'catalog', 'customers', 'carts')
   and relkind in ('r', 'p')
   and attnum > 0
   and not attisdropped
   and atttypid = 'numeric'::regtype
   and not exists (select from pg_constraint
                    where conrelid = attrelid and contype = 'c' and conkey @> array[attnum]
                      and pg_get_constraintdef(pg_constraint.oid) like '%NaN%')
union all
select format('Order %s expires at %s.', order_id, expires_at), order_id
  from orders.orders
 where not isfinite(expires_at)
union all
select format('Order %s was ordered at %s and may stay unpaid until %s.', order_id, ordered_at, pay_until), order_id
  from orders.orders
 where not isfinite(ordered_at) or not isfinite(pay_until)
union all
select format('The money of entry %s of order %s moved at %s.', sequence, order_id, occurred_at), order_id
  from payments.money_entries
 where not isfinite(occurred_at)
union all
select format('Attempt %s of order %s is looked at next at %s.', attempt, order_id, check_at), order_id
  from payments.payment_attempts
 where not isfinite(check_at)
union all
select format('Job %s runs at %s.', id, run_at), null
  from graphile_worker._private_jobs
 where not isfinite(run_at)
union all
select format('The lease %s of %s ends at %s.', name, holder, lease_until), null
  from platform.leases
 where not isfinite(lease_until)
union all
select format('The lease of process %s ends at %s.', process_id, lease_until), null
  from platform.processes
 where not isfinite(lease_until)
