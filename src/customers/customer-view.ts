import { type Static, Type } from "typebox";
import type { Customer } from "./customer.ts";

const exampleId = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";
const exampleOrganization = "019ab3c0-7a01-7d55-8c2e-0b1a2c3d4e5f";

const Text = (example: string) => Type.String({ examples: [example] });
const Maybe = (example: string) => Type.Union([Type.String(), Type.Null()], { examples: [example] });

const Address = Type.Object(
  {
    line1: Text("Unter den Linden 1"),
    line2: Maybe("Hof links"),
    city: Text("Berlin"),
    region: Type.Union([Type.String(), Type.Null()], {
      description: "ISO 3166-2.",
      examples: ["DE-BE"],
    }),
    postal_code: Maybe("10117"),
    country: Type.String({ description: "ISO 3166-1 alpha-2.", examples: ["DE"] }),
  },
  { title: "Address" },
);

const id = Type.String({ format: "uuid", examples: [exampleId] });

const members = {
  name: Text("Erika Mustermann"),
  email: Text("erika@example.com"),
  phone: Maybe("+49 30 901820"),
  company: Maybe("Mustermann GmbH"),
  tax_id: Type.Union([Type.String(), Type.Null()], {
    description: "Without spaces and dots; VAT numbers with their country before them.",
    examples: ["DE136695976"],
  }),
  address: Address,
  is_default: Type.Boolean({ description: "The owner is billed by it if no other is named.", examples: [true] }),
  created_at: Type.String({ format: "date-time" }),
  updated_at: Type.String({ format: "date-time" }),
};

/** A billing identity as its owner sees it. */
export const BillingIdentityView = Type.Object(
  {
    id,
    organization_id: Type.Union([Type.String({ format: "uuid" }), Type.Null()], {
      description: "The organization whose it is; null when it is the shopper's own.",
      examples: [null],
    }),
    ...members,
  },
  { title: "BillingIdentity" },
);
export type BillingIdentityView = Static<typeof BillingIdentityView>;

/** A billing identity as those who work here see it. */
export const CustomerView = Type.Object(
  {
    id,
    owner: Type.String({
      description: "`user/…`, `organization/…`, or `anonymous/…` for a shopper without an account.",
      examples: [`organization/${exampleOrganization}`],
    }),
    ...members,
  },
  { title: "Customer" },
);
export type CustomerView = Static<typeof CustomerView>;

const nextCursor = Type.Union([Type.String(), Type.Null()], {
  description: "Null on the last page.",
  examples: [null],
});

export const BillingIdentityListView = Type.Object(
  { data: Type.Array(BillingIdentityView), next_cursor: nextCursor },
  { title: "BillingIdentityPage" },
);

export const CustomerListView = Type.Object(
  { data: Type.Array(CustomerView), next_cursor: nextCursor },
  { title: "CustomerPage" },
);

function membersOf(customer: Customer): Omit<CustomerView, "id" | "owner"> {
  const { name, email, phone, company, line1, line2, city, region, country } = customer;
  return {
    name,
    email,
    phone,
    company,
    tax_id: customer.taxId,
    address: { line1, line2, city, region, postal_code: customer.postalCode, country },
    is_default: customer.isDefault,
    created_at: customer.createdAt.toISOString(),
    updated_at: customer.updatedAt.toISOString(),
  };
}

const organizationPrefix = "organization/";

export function billingIdentityView(customer: Customer): BillingIdentityView {
  const { customerId, owner } = customer;
  const organization = owner.startsWith(organizationPrefix) ? owner.slice(organizationPrefix.length) : null;
  return { id: customerId, organization_id: organization, ...membersOf(customer) };
}

export function customerView(customer: Customer): CustomerView {
  return { id: customer.customerId, owner: customer.owner, ...membersOf(customer) };
}
