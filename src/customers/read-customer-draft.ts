import type { Fault } from "../platform/errors.ts";
import type { Billing } from "./customer.ts";
import type { CustomerDraft } from "./customer-draft.ts";

export type CustomerReading = { readonly billing: Billing } | { readonly faults: Fault[] };

function optional(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" ? null : trimmed;
}

/** Reads a draft that has the form of one, or says everything that is wrong with it. */
export function readCustomerDraft(draft: CustomerDraft): CustomerReading {
  const { address } = draft;
  const billing = {
    name: draft.name.trim(),
    email: draft.email.trim(),
    phone: optional(draft.phone),
    company: optional(draft.company),
    line1: address.line1.trim(),
    line2: optional(address.line2),
    city: address.city.trim(),
    region: optional(address.region),
    postalCode: optional(address.postal_code),
    country: address.country.trim().toUpperCase(),
    taxId: optional(draft.tax_id),
  };
  const faults: Fault[] = /^[A-Z]{2}$/.test(billing.country)
    ? []
    : [{ pointer: "/address/country", detail: "Must be a country code of ISO 3166-1, such as DE." }];
  return faults.length > 0 ? { faults } : { billing };
}
