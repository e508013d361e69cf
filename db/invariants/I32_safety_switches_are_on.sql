-- id: I32
-- title: The server writes what it acknowledges to disk
-- when: always
-- Our timeouts travel with each connection; what a role or a database overrides is what the next connection will have.
select format('%s is %s.', name, setting) as what
  from pg_settings
 where name = 'synchronous_commit' and setting not in ('on', 'remote_apply')
    or name in ('fsync', 'full_page_writes') and setting <> 'on'
    or name in ('zero_damaged_pages', 'ignore_checksum_failure') and setting <> 'off'
union all
select format('%s is set for %s in %s.', switch, coalesce(nullif(setrole, 0)::regrole::text, 'everybody'),
              coalesce(datname, 'every database'))
  from pg_db_role_setting
  left join pg_database on pg_database.oid = setdatabase
 cross join unnest(setconfig) as switch
 where (setdatabase = 0 or datname = current_database())
   and (switch ilike 'synchronous_commit=%' and lower(split_part(switch, '=', 2)) not in ('on', 'remote_apply')
        or switch ilike 'session_replication_role=%' and lower(split_part(switch, '=', 2)) <> 'origin'
        or switch ilike any (array['zero_damaged_pages=%', 'ignore_checksum_failure=%'])
           and lower(split_part(switch, '=', 2)) in ('on', 'true', 'yes', '1'))
