import { postcodeValidator, postcodeValidatorExistsForCountry } from "postcode-validator";
import { plainCode, type Read } from "./text.ts";

/** Countries that have postal codes and deliver without them: many of their addresses are written so. */
const postedWithout: ReadonlySet<string> = new Set(
  (
    "AC AF AI AL AM AZ BA BB BD BH BM BN BT CL CO CR CU CV DO EC EG EH ET GE GN GT GW HN HT IE IQ IR JO KE KG KH KW KZ " +
    "LA LB LK LR LS MA MD MG MM MN MU MV MZ NA NE NG NI NP OM PA PE PG PH PK PY SA SD SN SO SV SZ TA TC TJ TM TN TZ UY " +
    "UZ VC VE VG VN ZA ZM"
  ).split(" "),
);

/** Codes that the library's patterns do not know. */
const alsoRight: Readonly<Record<string, RegExp>> = {
  AR: /^\d{4}$/, // The old form, with which most people write.
  BB: /^\d{5}$/,
  HT: /^HT\d{4}$/,
  KZ: /^[A-Z]\d{2}[A-Z]\d[A-Z]\d$/, // Since 2015, beside six digits.
  SA: /^\d{5}-\d{4}$/,
  SV: /^\d{4}$/,
};

/** How a code is written that came without its space or hyphen. */
const groupings: Readonly<Record<string, readonly [RegExp, string]>> = {
  BR: [/^(\d{5})(\d{3})$/, "$1-$2"],
  CA: [/^([A-Z]\d[A-Z])(\d[A-Z]\d)$/, "$1 $2"],
  CZ: [/^(\d{3})(\d{2})$/, "$1 $2"],
  GB: [/^([A-Z\d]{2,4})(\d[A-Z]{2})$/, "$1 $2"],
  GR: [/^(\d{3})(\d{2})$/, "$1 $2"],
  IE: [/^([A-Z]\d[\dW])([A-Z\d]{4})$/, "$1 $2"],
  JP: [/^(\d{3})(\d{4})$/, "$1-$2"],
  NL: [/^(\d{4})([A-Z]{2})$/, "$1 $2"],
  PL: [/^(\d{2})(\d{3})$/, "$1-$2"],
  PT: [/^(\d{4})(\d{3})$/, "$1-$2"],
  SE: [/^(\d{3})(\d{2})$/, "$1 $2"],
  SK: [/^(\d{3})(\d{2})$/, "$1 $2"],
  US: [/^(\d{5})(\d{4})$/, "$1-$2"],
};

const anyCode = "INTL"; // As the library calls letters and digits with single spaces or hyphens between them.

function isCode(code: string, country: string): boolean {
  return postcodeValidator(code, country) || (alsoRight[country]?.test(code) ?? false);
}

/** Ways to write a code, the country's own first. */
function writings(code: string, country: string): string[] {
  const bare = code.startsWith(`${country}-`) ? code.slice(country.length + 1) : code;
  const squeezed = bare.replace(/[ -]/g, "");
  const [ungrouped, grouped] = groupings[country] ?? [];
  const own = ungrouped && grouped !== undefined ? [squeezed.replace(ungrouped, grouped)] : [];
  return [...own, code, bare, squeezed];
}

/** Reads a postal code by the rules of a country, and writes it as the country does. */
export function readPostalCode(text: string, country: string): Read<string | null> {
  const code = plainCode(text);
  const hasCodes = postcodeValidatorExistsForCountry(country);
  if (code === "")
    return hasCodes && !postedWithout.has(country)
      ? { fault: `Is missing; addresses in ${country} have one.` }
      : { value: null };
  const value = hasCodes
    ? writings(code, country).find((writing) => isCode(writing, country))
    : [code].find((writing) => postcodeValidator(writing, anyCode));
  return value === undefined ? { fault: `Is no postal code of ${country}.` } : { value };
}
