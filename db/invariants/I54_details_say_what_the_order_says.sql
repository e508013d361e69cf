-- id: I54
-- title: What was bought adds up to the order, line by line, in its currency
-- when: always
with bought as materialized (
  select order_id, details
    from orders.shopper_orders
), said as (
  select order_id, (line ->> 'line')::int as line, line ->> 'quantity' as quantity, line ->> 'unit_amount' as unit,
         line ->> 'discount_amount' as discount, line ->> 'line_total' as total, line ->> 'tax_amount' as tax,
         line ->> 'tax_included_amount' as included
    from bought
   cross join lateral json_array_elements(
           case when json_typeof(details -> 'lines') = 'array' then details -> 'lines' else '[]' end) as line
)
select format('Order %s comes to %s %s (items %s, tax %s, tax included %s, shipping %s); its details say %s %s (%s, %s, %s, %s), of cart %s.',
              order_id, total_minor, currency, items_minor, tax_minor, tax_included_minor, shipping_minor,
              details ->> 'total_amount', details ->> 'currency', details ->> 'items_amount', details ->> 'tax_amount',
              details ->> 'tax_included_amount', details ->> 'shipping_amount', details ->> 'cart_id') as what,
       order_id
  from bought
  join orders.orders using (order_id)
 where (details ->> 'total_amount', details ->> 'currency', details ->> 'items_amount', details ->> 'tax_amount',
        details ->> 'tax_included_amount', details ->> 'shipping_amount', details ->> 'cart_id')
       is distinct from (total_minor::text, currency::text, items_minor::text, tax_minor::text, tax_included_minor::text,
                         shipping_minor::text, cart_id::text)
union all
select format('Order %s, line %s: the order has %s at %s for %s, its details %s at %s for %s.', order_id, line,
              items.quantity, items.unit_price_minor, items.line_total_minor, said.quantity, said.unit, said.total),
       order_id
  from said
  full join (select *
               from orders.order_items
              where order_id in (select order_id from bought)) as items using (order_id, line)
 where (said.quantity, said.unit, said.discount, said.total, said.tax, said.included)
       is distinct from (items.quantity::text, items.unit_price_minor::text, items.discount_minor::text,
                         items.line_total_minor::text, items.tax_minor::text, items.tax_included_minor::text)
