import { between, chance, type Dice, oneOf } from "./choose.ts";

/** Addresses that are right, by country: what goes together no description can say. */
const addresses = [
  { city: "Berlin", postal_code: "10117", country: "DE" },
  { city: "千代田区", region: "13", postal_code: "１００−０００１", country: "jp" },
  { city: "San Francisco", region: "CA", postal_code: "94103", country: "US" },
  { city: "Central", country: "HK" },
  { city: "London", postal_code: "sw1a1aa", country: "GB" },
];

const taxIds = [null, "", "DE 136 695 976", "XI123456789"];

/** A billing identity that is right, most of the time. */
export function billingDraft(dice: Dice): Readonly<Record<string, unknown>> {
  return {
    name: oneOf(dice, ["Ann", "田中太郎", 'O\'Hara "<b>"', "محمد"]),
    email: `ann@shop-${between(dice, 1, 1_000)}.example.com`,
    phone: oneOf(dice, [null, "+49 30 901820"]),
    company: oneOf(dice, [null, "", "Ann & Söhne"]),
    tax_id: oneOf(dice, taxIds),
    address: { line1: `${between(dice, 1, 99)} 通り`, ...oneOf(dice, addresses) },
    organization_id: undefined,
  };
}

/** A change of some of it. */
export function billingPatch(dice: Dice): Readonly<Record<string, unknown>> {
  const { organization_id: _, ...whole } = billingDraft(dice);
  return chance(dice, 0.5)
    ? whole
    : { ...Object.fromEntries(Object.keys(whole).map((name) => [name, undefined])), name: "Bob" };
}
