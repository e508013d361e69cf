import { change, many, maybeOne, one, type Sql, type Tx } from "../platform/db.ts";
import type { Billing, Customer } from "./customer.ts";

const columns = `
  customer_id, owner, name, email, phone, company, line1, line2, city, region, postal_code, country, tax_id, is_default,
  created_at, updated_at`;

/** How many an owner has, and whether one of them is the default. Right under the owner's lock. */
export const countCustomers = one<Tx, { owner: string }, { count: bigint; hasDefault: boolean }>(
  "customers.count_customers",
  `
  select count(*) as count, coalesce(bool_or(is_default), false) as has_default
    from customers.customers
   where owner = :owner`,
);

export const insertCustomer = one<
  Tx,
  Billing & { customerId: string; owner: string; isDefault: boolean; now: Date },
  Customer
>(
  "customers.insert_customer",
  `
  insert into customers.customers
    (customer_id, owner, name, email, phone, company, line1, line2, city, region, postal_code, country, tax_id, is_default,
     created_at, updated_at)
  values (:customerId, :owner, :name, :email, :phone, :company, :line1, :line2, :city, :region, :postalCode, :country,
          :taxId, :isDefault, :now, :now)
  returning ${columns}`,
);

export const findOwnedCustomer = maybeOne<Sql, { owners: readonly string[]; customerId: string }, Customer>(
  "customers.find_owned_customer",
  `
  select ${columns}
    from customers.customers
   where customer_id = :customerId::uuid and owner = any(:owners::text[])`,
);

export const findDefault = maybeOne<Sql, { owner: string }, Customer>(
  "customers.find_default",
  `
  select ${columns}
    from customers.customers
   where owner = :owner and is_default`,
);

/** Deletes what is said of somebody in the same words already. */
export const deleteRepeated = many<Tx, { from: string; to: string }, { customerId: string }>(
  "customers.delete_repeated",
  `
  delete from customers.customers as moved
   where moved.owner = :from
     and exists (select
                   from customers.customers as kept
                  where kept.owner = :to
                    and (kept.name, kept.email, kept.line1, kept.city, kept.country)
                        = (moved.name, moved.email, moved.line1, moved.city, moved.country)
                    and (kept.phone, kept.company, kept.line2, kept.region, kept.postal_code, kept.tax_id)
                        is not distinct from
                        (moved.phone, moved.company, moved.line2, moved.region, moved.postal_code, moved.tax_id))
  returning customer_id`,
);

/** The default stays one where the new owner has none. */
export const setOwner = change<Tx, { from: string; to: string; keepsDefault: boolean; now: Date }>(
  "customers.set_owner",
  `
  update customers.customers
     set owner = :to, is_default = is_default and :keepsDefault, updated_at = :now
   where owner = :from`,
);
