import type { SeededViolation } from "./seeded-violations.ts";

const owner = "anonymous/4hZ0c1o0V8sX2yq7bq0b3e9kYV1mJ6b0N8wQmJm1x9E";
const user = "019ab3c0-7a01-7d55-8c2e-0b1a2c3d4e5f";

const give = (defaults: readonly boolean[]) => `
  insert into customers.customers
    (customer_id, owner, name, email, line1, city, country, is_default, created_at, updated_at)
  select gen_random_uuid(), '${owner}', 'Ann', 'ann@example.com', '1', 'Berlin', 'DE', given.is_default, now(), now()
    from unnest(array[${defaults.join(", ")}]) as given (is_default)`;

const merge = `insert into identity.merged_shoppers values ('${owner}', '${user}', now())`;

export const seededCustomers: readonly SeededViolation[] = [
  {
    breaks: "I28",
    by: "defaults of which there may be two",
    sql: "drop index customers.customers_one_default",
    says: "customers.customers_one_default promises that something stands once",
  },
  {
    breaks: "I51",
    by: "a shopper with billing identities of which none is the default",
    sql: give([false, false]),
    says: `${owner} has 2 billing identities, and 0 of them are the default.`,
  },
  {
    breaks: "I51",
    by: "a shopper with two defaults",
    sql: `drop index customers.customers_one_default;
          ${give([true, true, false])};
          create unique index customers_one_default on customers.customers (owner, customer_id)`,
    says: `${owner} has 3 billing identities, and 2 of them are the default.`,
  },
  {
    breaks: "I51",
    by: "a billing identity that its shopper did not take along",
    sql: `${give([true])}; ${merge}`,
    says: `${owner} became user ${user} and has 1 billing identities still.`,
  },
];

/** What may be, and looks like a violation. */
export const soundCustomers: readonly { readonly what: string; readonly sql: string }[] = [
  { what: "one default among several billing identities", sql: give([false, true, false]) },
  { what: "a shopper who became a user and took all along", sql: merge },
];
