-- id: I09
-- title: Money columns are bigint and never null; no column is a float or a time without a zone
-- when: always
select format('%I.%I.%I is %s%s.', nspname, relname, attname, format_type(atttypid, atttypmod),
              case when attnotnull then '' else ' and may be null' end) as what
  from pg_attribute
  join pg_class on pg_class.oid = attrelid
  join pg_namespace on pg_namespace.oid = relnamespace
 where nspname in ('platform', 'http', 'audit', 'identity', 'tasks', 'events', 'payments', 'fulfillment', 'orders',
                   'notifications', 'imports', 'catalog', 'customers', 'carts')
   and relkind in ('r', 'p')
   and attnum > 0
   and not attisdropped
   and (attname like '%\_minor' and (atttypid <> 'bigint'::regtype or not attnotnull)
        or atttypid in ('real'::regtype, 'double precision'::regtype, 'money'::regtype,
                        'timestamp without time zone'::regtype))
