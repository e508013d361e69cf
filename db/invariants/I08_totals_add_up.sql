-- id: I08
-- title: Items add up to the order, and every order has an item
-- when: always
-- The tax is that of the lines, or the order's alone: some sources state one for the whole order. What is included is in
-- the lines, and the rest of it in the shipping.
with lines as (
  select order_id, count(*) as lines, min(line) as first_line, max(line) as last_line,
         sum(line_total_minor) as items_minor, sum(tax_minor) as tax_minor, sum(tax_included_minor) as included_minor,
         bool_or(line_total_minor <> quantity * unit_price_minor - discount_minor or line_total_minor < 0
                 or quantity <= 0 or tax_minor < 0 or tax_included_minor not between 0 and line_total_minor) as crooked
    from orders.order_items
   group by order_id
)
select format('Order %s has items of %s and tax of %s; its %s lines (%s to %s) say %s and %s%s.', orders.order_id,
              orders.items_minor, orders.tax_minor, coalesce(lines, 0), first_line, last_line,
              coalesce(lines.items_minor, 0), coalesce(lines.tax_minor, 0),
              case when crooked then ', and one is not quantity times price less discount' end) as what,
       orders.order_id
  from orders.orders
  left join lines using (order_id)
 where lines.order_id is null
    or crooked
    or first_line <> 1
    or last_line <> lines
    or lines.items_minor <> orders.items_minor
    or lines.tax_minor not in (0, orders.tax_minor)
union all
select format('Order %s has a total of %s: items %s, discount %s, tax %s, shipping %s.', order_id, total_minor,
              items_minor, discount_minor, tax_minor, shipping_minor),
       order_id
  from orders.orders
 where total_minor <> items_minor - discount_minor + tax_minor + shipping_minor
    or least(total_minor, items_minor, discount_minor, tax_minor, shipping_minor) < 0
union all
select format('Order %s has included tax of %s; its lines have %s, and its shipping is %s.', order_id,
              orders.tax_included_minor, included_minor, shipping_minor),
       order_id
  from orders.orders
  join lines using (order_id)
 where orders.tax_included_minor - included_minor not between 0 and shipping_minor
