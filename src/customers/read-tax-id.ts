import isVat from "validator/lib/isVAT.js";
import {
  isBrazilianNumber,
  isChileanNumber,
  isIndianNumber,
  isJapaneseNumber,
  isLuhnNumber,
  isNorwegianNumber,
} from "./digits.ts";
import { plainCode, type Read } from "./text.ts";

type Format = (id: string) => boolean;

const shaped =
  (shape: RegExp, isChecked: Format = () => true): Format =>
  (id) =>
    shape.test(id) && isChecked(id);

type LibraryCountry = Parameters<typeof isVat.default>[1];
const byLibrary =
  (country: LibraryCountry): Format =>
  (id) =>
    isVat.default(id, country);

// The library takes any nine characters for Cyprus, and knows no companies of Spain, no new numbers of Ireland, none of
// the United Kingdom without spaces, and ten digits for Lithuania: those are below.
const rightInLibrary = [
  ...(["AT", "BE", "BG", "CZ", "DE", "DK", "EE", "EL", "FI", "FR", "HR", "HU"] as const),
  ...(["IT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"] as const),
];

/** VAT numbers that begin with their country's code, the code left out. Source: VIES, FAQ 11. */
const prefixed: Readonly<Record<string, Format>> = {
  ...Object.fromEntries(
    rightInLibrary.map((country): [string, Format] => [country, (id) => byLibrary(country)(`${country}${id}`)]),
  ),
  CY: shaped(/^\d{8}[A-Z]$/),
  ES: shaped(/^([A-Z]\d{7}[A-Z\d]|\d{8}[A-Z])$/),
  GB: shaped(/^(\d{9}|\d{12}|GD[0-4]\d{2}|HA[5-9]\d{2})$/),
  IE: shaped(/^(\d{7}[A-W][A-IW]?|\d[A-Z+*]\d{5}[A-W])$/),
  LT: shaped(/^(\d{9}|\d{12})$/),
  XI: shaped(/^(\d{9}|\d{12}|GD[0-4]\d{2}|HA[5-9]\d{2})$/),
};

/** The prefixes of a country's numbers where they are not its code alone; the first is written if there was none. */
const prefixesOf: Readonly<Record<string, readonly string[]>> = { GR: ["EL", "GR"], GB: ["GB", "XI"] };

/** Tax ids that begin with nothing. Of the library's patterns those that are right and need no separators. */
const unprefixed: Readonly<Record<string, Format>> = {
  AL: byLibrary("AL"),
  AR: byLibrary("AR"),
  AU: byLibrary("AU"),
  BR: shaped(/^(\d{11}|[A-Z\d]{12}\d{2})$/, isBrazilianNumber),
  CA: shaped(/^(\d{9}(R[CMPRTZ]\d{4})?|\d{10}TQ\d{4})$/, (id) => id.includes("TQ") || isLuhnNumber(id.slice(0, 9))),
  CH: shaped(/^CHE/, byLibrary("CH")),
  CL: shaped(/^\d{7,8}[\dK]$/, isChileanNumber),
  IL: byLibrary("IL"),
  IN: shaped(/^\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[\dA-Z]$/, isIndianNumber),
  IS: byLibrary("IS"),
  JP: shaped(/^T[1-9]\d{12}$/, (id) => isJapaneseNumber(id.slice(1))),
  KZ: byLibrary("KZ"),
  MX: shaped(/^[A-ZÑ&]{3,4}\d{6}[A-Z\d]{3}$/),
  NO: shaped(/^\d{9}(MVA)?$/, isNorwegianNumber),
  NZ: shaped(/^\d{8,9}$/),
  PE: byLibrary("PE"),
  RS: byLibrary("RS"),
  RU: byLibrary("RU"),
  SA: byLibrary("SA"),
  TR: shaped(/^\d{10,11}$/),
  US: shaped(/^(?!00)\d{9}$/),
  UY: byLibrary("UY"),
};

/** What some numbers are written with or without. */
const beginnings: Readonly<Record<string, readonly [RegExp, string]>> = { AU: [/^ABN/, ""], CH: [/^(?=\d)/, "CHE"] };

const general = /^[A-Z\d]{4,20}$/; // Where we know no format: what tax offices give is letters and digits.
const separators = /[ .,/'-]/g;

/** The number with its country before it, if it is one of the country. */
function ofPrefix(id: string, prefix: string): string | undefined {
  return prefixed[prefix]?.(id) ? `${prefix}${id}` : undefined;
}

/** A number that says itself of which other country it is: companies are registered for tax in several. */
function ofAnother(id: string, own: readonly string[]): string | undefined {
  const prefix = id.slice(0, 2);
  return own.includes(prefix) ? undefined : ofPrefix(id.slice(2), prefix);
}

function ofCountry(id: string, country: string): string | undefined {
  const own = prefixesOf[country] ?? [country];
  const [written = country] = own;
  if (written in prefixed) {
    const prefix = own.find((one) => id.startsWith(one));
    return ofPrefix(prefix === undefined ? id : id.slice(2), prefix === "GR" ? written : (prefix ?? written));
  }
  const isRight = unprefixed[country];
  if (!isRight) return general.test(id) ? id : undefined;
  const begun = beginnings[country] ? id.replace(...beginnings[country]) : id;
  const bare = begun.startsWith(country) ? begun.slice(country.length) : begun;
  return [bare, begun].find(isRight);
}

/**
 * Reads the number by which a tax office knows somebody with an address in a country. One of the European Union may be
 * of another country than the address, if it begins with that.
 */
export function readTaxId(text: string, country: string): Read<string | null> {
  const id = plainCode(text).replace(separators, "");
  if (id === "") return { value: null };
  const value = ofAnother(id, prefixesOf[country] ?? [country]) ?? ofCountry(id, country);
  return value === undefined ? { fault: `Is no tax id of ${country}.` } : { value };
}
