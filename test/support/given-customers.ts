import { randomUUID } from "node:crypto";
import { createCustomer } from "../../src/customers/create-customer.ts";
import type { Customer } from "../../src/customers/customer.ts";
import type { CustomerDraft } from "../../src/customers/customer-draft.ts";
import type { Tx } from "../../src/platform/db.ts";
import { randomToken, uuidV7 } from "../../src/platform/ids.ts";
import { noon } from "./given-orders.ts";

/** A draft that is right; each part can be chosen. */
export function customerDraft(
  wanted: Partial<Omit<CustomerDraft, "address">> & { address?: Partial<CustomerDraft["address"]> } = {},
): CustomerDraft {
  const address = {
    line1: "Unter den Linden 1",
    city: "Berlin",
    postal_code: "10117",
    country: "DE",
    ...wanted.address,
  };
  return { name: "Erika Mustermann", email: "erika@example.com", ...wanted, address };
}

/** An owner nobody had before. */
export function newOwner(kind: "user" | "organization" | "anonymous" = "user"): string {
  return kind === "anonymous" ? `anonymous/${randomToken(32)}` : `${kind}/${randomUUID()}`;
}

let milliseconds = 0;

/** Keeps a billing identity, each a millisecond younger than the one before. */
export function givenCustomer(tx: Tx, owner: string, draft: CustomerDraft = customerDraft()): Promise<Customer> {
  milliseconds += 1;
  const now = new Date(noon.getTime() + milliseconds);
  return createCustomer(tx, { owner, draft, customerId: uuidV7(now) }, now);
}
