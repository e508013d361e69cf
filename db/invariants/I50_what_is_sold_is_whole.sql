-- id: I50
-- title: Every change of what is sold is counted, nothing of it is cut off where it is shown, no span is infinite
-- when: always
-- The bits of tgtype: 1 each row, 2 before, 4 insert, 8 delete, 16 update. The limits are those of src/catalog.
select format('Changes of %s are not counted: its trigger is missing or off.', counted) as what
  from unnest(array['catalog.products', 'catalog.prices', 'catalog.product_translations', 'catalog.product_images',
                    'catalog.tax_rates']) as counted
 where not exists (select from pg_trigger
                    where tgrelid = to_regclass(counted)
                      and tgfoid = to_regproc('catalog.count_change')
                      and tgenabled in ('O', 'A')
                      and tgtype & 31 = 29)
union all
select 'The catalogue has no version: its row is gone.'
 where not exists (select from catalog.version)
union all
select format('Product %s has %s prices; 200 are shown.', product_id, count(*))
  from catalog.prices
 group by product_id
having count(*) > 200
union all
select format('Product %s has words in %s languages; 100 are shown.', product_id, count(*))
  from catalog.product_translations
 group by product_id
having count(*) > 100
union all
select format('%s has %s tax rates; 2000 are looked at.', country, count(*))
  from catalog.tax_rates
 group by country
having count(*) > 2000
union all
select format('Price %s is valid from %s until %s.', price_id, valid_from, valid_until)
  from catalog.prices
 where not isfinite(valid_from) or not isfinite(valid_until)
union all
select format('Tax rate %s is in force from %s until %s.', tax_rate_id, valid_from, valid_until)
  from catalog.tax_rates
 where not isfinite(valid_from) or not isfinite(valid_until)
