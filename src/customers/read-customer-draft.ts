import { mailAddress } from "../http/mail-address.ts";
import type { Fault } from "../platform/errors.ts";
import { loadPlaces } from "../platform/load-places.ts";
import type { Billing } from "./customer.ts";
import { type CustomerDraft, longestCity, longestEmail, longestLine, longestName } from "./customer-draft.ts";
import { readPostalCode } from "./read-postal-code.ts";
import { readCountry, readRegion } from "./read-region.ts";
import { readTaxId } from "./read-tax-id.ts";
import { plainAddress, type Read, readPhone, readText, tooLong } from "./text.ts";

export type CustomerReading = { readonly billing: Billing } | { readonly faults: Fault[] };

function readEmail(text: string): Read<string> {
  const address = text.trim();
  if (!address.isWellFormed() || !mailAddress.test(address)) return { fault: "Must be an e-mail address." };
  const value = plainAddress(address);
  return [...value].length > longestEmail ? { fault: tooLong(longestEmail) } : { value };
}

const absent = "";

/**
 * Reads a draft that has the form of one, or says everything that is wrong with it. What is read stays as it is when it
 * is read again. Pointers go on from where the draft stands in what was sent.
 */
export async function readCustomerDraft(draft: CustomerDraft, at = absent): Promise<CustomerReading> {
  const { address } = draft;
  const places = await loadPlaces();
  const faults: Fault[] = [];
  const take = <Value>(pointer: string, read: Read<Value>): Value | undefined => {
    if ("value" in read) return read.value;
    faults.push({ pointer: at + pointer, detail: read.fault });
    return undefined;
  };
  const needed = (pointer: string, text: string, longest: number): string => {
    const value = take(pointer, readText(text, longest));
    if (value === null) faults.push({ pointer: at + pointer, detail: "Is missing." });
    return value ?? absent;
  };
  const optional = (pointer: string, text: string | null | undefined, longest: number): string | null =>
    take(pointer, readText(text ?? absent, longest)) ?? null;

  const name = needed("/name", draft.name, longestName);
  const email = take("/email", readEmail(draft.email)) ?? absent;
  const phone = take("/phone", readPhone(draft.phone ?? absent)) ?? null;
  const company = optional("/company", draft.company, longestName);
  const country = take("/address/country", readCountry(address.country, places));
  // Without a country nobody knows its rules.
  const byCountry = (pointer: string, text: string | null | undefined, read: typeof readRegion) =>
    country === undefined ? null : (take(pointer, read(text ?? absent, country, places)) ?? null);
  const billing = {
    name,
    email,
    phone,
    company,
    line1: needed("/address/line1", address.line1, longestLine),
    line2: optional("/address/line2", address.line2, longestLine),
    city: needed("/address/city", address.city, longestCity),
    region: byCountry("/address/region", address.region, readRegion),
    postalCode: byCountry("/address/postal_code", address.postal_code, readPostalCode),
    country: country ?? absent,
    taxId: byCountry("/tax_id", draft.tax_id, readTaxId),
  };
  return faults.length > 0 ? { faults } : { billing };
}
