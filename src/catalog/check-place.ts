import type { Fault } from "../platform/errors.ts";
import { loadPlaces } from "../platform/load-places.ts";

/**
 * What is wrong with a country and a region in it; null stands for all of the country.
 * Source: ISO 3166-1 alpha-2 and ISO 3166-2, as the package has them.
 */
export async function placeFaults({ country, region }: { country: string; region: string | null }): Promise<Fault[]> {
  const { countries, regions } = await loadPlaces();
  const faults: Fault[] = [];
  if (!countries.has(country)) {
    faults.push({ pointer: "/country", detail: `"${country}" is not a country code of ISO 3166-1.` });
  }
  if (region !== null && !regions.get(country)?.has(region)) {
    faults.push({ pointer: "/region", detail: `"${region}" is not a region of ${country} in ISO 3166-2.` });
  }
  return faults;
}
