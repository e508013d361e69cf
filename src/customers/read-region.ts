import type { Places } from "../platform/load-places.ts";
import { plainCode, type Read } from "./text.ts";

/** Countries whose addresses name a region: post is sorted by it, or tax depends on it. */
const withRegion: ReadonlySet<string> = new Set(["AE", "AU", "BR", "CA", "CN", "IN", "IT", "MX", "US"]);

/** What post takes for a region and ISO 3166-2 does not know: the armed forces abroad. Source: USPS Publication 28, 225. */
const furtherRegions: ReadonlySet<string> = new Set(["US-AA", "US-AE", "US-AP"]);

const noRegions: ReadonlySet<string> = new Set();

/** Reads the code of a country. Source: ISO 3166-1 alpha-2. */
export function readCountry(text: string, { countries }: Places): Read<string> {
  const value = plainCode(text);
  if (countries.has(value)) return { value };
  return { fault: "Must be a country's code of two letters by ISO 3166-1, such as DE." };
}

/** Reads the code of a region, with or without the country before it. Source: ISO 3166-2. */
export function readRegion(text: string, country: string, places: Places): Read<string | null> {
  const code = plainCode(text);
  if (code === "") {
    return withRegion.has(country) ? { fault: `Is missing; addresses in ${country} have one.` } : { value: null };
  }
  const value = code.startsWith(`${country}-`) ? code : `${country}-${code}`;
  const regions = places.regions.get(country) ?? noRegions;
  if (regions.has(value) || furtherRegions.has(value)) return { value };
  if (regions.size === 0) return { fault: `Must be left out: ISO 3166-2 has no regions of ${country}.` };
  return { fault: `Must be a region of ${country} by ISO 3166-2, such as ${[...regions][0]}.` };
}
