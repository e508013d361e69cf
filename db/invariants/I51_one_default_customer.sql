-- id: I51
-- title: Whoever has billing identities has one default, and who became a user has none left under the old name
-- when: always
select format('%s has %s billing identities, and %s of them are the default.', owner, count(*),
              count(*) filter (where is_default)) as what
  from customers.customers
 group by owner
having count(*) filter (where is_default) <> 1
union all
select format('%s became user %s and has %s billing identities still.', merged.owner, user_id, count(*))
  from identity.merged_shoppers as merged
  join customers.customers using (owner)
 group by merged.owner, user_id
