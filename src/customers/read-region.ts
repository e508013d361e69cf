import { iso31661, iso31662 } from "iso-3166";
import { plainCode, type Read } from "./text.ts";

/** Countries whose addresses name a region: post is sorted by it, or tax depends on it. */
const withRegion: ReadonlySet<string> = new Set(["AE", "AU", "BR", "CA", "CN", "IN", "IT", "MX", "US"]);

/** What post takes for a region and ISO 3166-2 does not know: the armed forces abroad. Source: USPS Publication 28, 225. */
const furtherRegions: readonly string[] = ["US-AA", "US-AE", "US-AP"];

const countries: ReadonlySet<string> = new Set(iso31661.map(({ alpha2 }) => alpha2));
const codeStart = 3; // After the country and its hyphen.

let known: Map<string, Set<string>> | undefined;

/** The regions of every country, gathered when the first is asked for. */
function regionsOf(country: string): ReadonlySet<string> {
  if (!known) {
    known = new Map();
    const codes = iso31662.map(({ code }) => code);
    for (const code of [...codes, ...furtherRegions]) {
      const of = code.slice(0, codeStart - 1);
      known.set(of, (known.get(of) ?? new Set()).add(code.slice(codeStart)));
    }
  }
  return known.get(country) ?? new Set();
}

/** Reads the code of a country. Source: ISO 3166-1 alpha-2. */
export function readCountry(text: string): Read<string> {
  const value = plainCode(text);
  if (countries.has(value)) return { value };
  return { fault: "Must be a country's code of two letters by ISO 3166-1, such as DE." };
}

/** Reads the code of a region, with or without the country before it. Source: ISO 3166-2. */
export function readRegion(text: string, country: string): Read<string | null> {
  const code = plainCode(text);
  const value = code.startsWith(`${country}-`) ? code.slice(codeStart) : code;
  const regions = regionsOf(country);
  if (value === "")
    return withRegion.has(country) ? { fault: `Is missing; addresses in ${country} have one.` } : { value: null };
  if (regions.has(value)) return { value };
  if (regions.size === 0) return { fault: `Must be left out: ISO 3166-2 has no regions of ${country}.` };
  return { fault: `Must be a region of ${country} by ISO 3166-2, such as ${[...regions][0]}.` };
}
