import { once } from "./once.ts";

/** The codes of the world's places. Source: ISO 3166-1 alpha-2 and ISO 3166-2, as the package has them. */
export interface Places {
  readonly countries: ReadonlySet<string>;
  /** The codes of the regions, with their country before them, by country; none for one without regions. */
  readonly regions: ReadonlyMap<string, ReadonlySet<string>>;
}

const countryCharacters = 2;

async function load(): Promise<Places> {
  const { iso31661, iso31662 } = await import("iso-3166");
  const regions = new Map<string, Set<string>>();
  for (const { code } of iso31662) {
    const country = code.slice(0, countryCharacters);
    regions.set(country, (regions.get(country) ?? new Set()).add(code));
  }
  return { countries: new Set(iso31661.map(({ alpha2 }) => alpha2)), regions };
}

/** Loaded when the first place is checked: five thousand regions (6 MB), of which most processes never need one. */
export const loadPlaces: () => Promise<Places> = once(load);
