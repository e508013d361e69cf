import { change, many, maybeOne, one, type Sql, type Tx } from "../platform/db.ts";
import { type IdPage, manyBy } from "../platform/filter-rows.ts";
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

export const findAnyCustomer = maybeOne<Sql, { customerId: string }, Customer>(
  "customers.find_any_customer",
  `
  select ${columns}
    from customers.customers
   where customer_id = :customerId::uuid`,
);

/** What some owners have, newest first. */
export const listOwnedCustomers = many<Sql, { owners: readonly string[] } & IdPage<string>, Customer>(
  "customers.list_owned_customers",
  `
  select ${columns}
    from customers.customers
   where owner = any(:owners::text[]) and customer_id < :before::uuid
   order by customer_id desc
   limit :limit`,
);

/** Values by which customers can be asked for. */
export type CustomerFilter = {
  owner?: string | undefined;
  email?: string | undefined;
  country?: string | undefined;
};

/** Everybody's, newest first. */
export const listCustomers = manyBy<CustomerFilter, Customer, string>(
  "customers.list_customers",
  { owner: "owner = :owner", email: "lower(email) = lower(:email)", country: "country = :country" },
  (conditions) => `
  select ${columns}
    from customers.customers
   where customer_id < :before::uuid${conditions}
   order by customer_id desc
   limit :limit`,
);

export const setBilling = one<Tx, Billing & { customerId: string; now: Date }, Customer>(
  "customers.set_billing",
  `
  update customers.customers
     set name = :name, email = :email, phone = :phone, company = :company, line1 = :line1, line2 = :line2, city = :city,
         region = :region, postal_code = :postalCode, country = :country, tax_id = :taxId, updated_at = :now
   where customer_id = :customerId::uuid
  returning ${columns}`,
);

/** In a statement of its own before the next default is set: the index looks at each row as it is written. */
export const unsetDefault = change<Tx, { owner: string; now: Date }>(
  "customers.unset_default",
  `
  update customers.customers
     set is_default = false, updated_at = :now
   where owner = :owner and is_default`,
);

export const setDefault = one<Tx, { customerId: string; now: Date }, Customer>(
  "customers.set_default",
  `
  update customers.customers
     set is_default = true, updated_at = :now
   where customer_id = :customerId::uuid
  returning ${columns}`,
);

/** Makes the newest that is left the default. */
export const setNewestDefault = change<Tx, { owner: string; now: Date }>(
  "customers.set_newest_default",
  `
  update customers.customers
     set is_default = true, updated_at = :now
   where customer_id = (select customer_id
                          from customers.customers
                         where owner = :owner
                         order by customer_id desc
                         limit 1)`,
);

export const deleteCustomerRow = change<Tx, { customerId: string }>(
  "customers.delete_customer_row",
  `
  delete from customers.customers
   where customer_id = :customerId::uuid`,
);

/** Deletes what is said of somebody in the same words already. */
export const deleteRepeated = change<Tx, { oldOwner: string; newOwner: string }>(
  "customers.delete_repeated",
  `
  delete from customers.customers as moved
   where moved.owner = :oldOwner
     and exists (select
                   from customers.customers as kept
                  where kept.owner = :newOwner
                    and (kept.name, kept.email, kept.line1, kept.city, kept.country)
                        = (moved.name, moved.email, moved.line1, moved.city, moved.country)
                    and array[kept.phone, kept.company, kept.line2, kept.region, kept.postal_code, kept.tax_id]
                        = array[moved.phone, moved.company, moved.line2, moved.region, moved.postal_code, moved.tax_id])`,
);

/** The default stays one where the new owner has none. */
export const setOwner = change<Tx, { oldOwner: string; newOwner: string; keepsDefault: boolean; now: Date }>(
  "customers.set_owner",
  `
  update customers.customers
     set owner = :newOwner, is_default = is_default and :keepsDefault, updated_at = :now
   where owner = :oldOwner`,
);
