-- id: I18
-- title: An Idempotency-Key means one result
-- when: always
select format('The key %s of %s has %s rows.', key, principal, count(*)) as what, null::bigint as order_id
  from http.idempotency_keys
 group by principal, key
having count(*) > 1
union all
select format('The key %s of %s is answered with %s and without a body.', key, principal, answer_status), order_id
  from http.idempotency_keys
 where answer_status is not null and answer_body is null
union all
select format('The key %s of %s stands for order %s, which is not there.', key, principal, keys.order_id), keys.order_id
  from http.idempotency_keys as keys
 where keys.order_id is not null
   and not exists (select from orders.orders where orders.order_id = keys.order_id)
