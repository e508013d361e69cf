/** Upper bounds for durations in seconds: from a statement to a gateway that is about to be given up. */
export const secondsBounds: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** Upper bounds for the number of members of a set. */
export const sizeBounds: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** How often something was seen, and how large it was. */
export class Tally {
  readonly bounds: readonly number[];
  /** How many values lie within each bound and above the one before; the last is for those above all. */
  readonly counts: number[];
  count = 0;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  add(value: number): void {
    let place = 0;
    while (place < this.bounds.length && value > (this.bounds[place] as number)) place += 1;
    this.counts[place] = (this.counts[place] as number) + 1;
    this.count += 1;
    this.sum += value;
  }
}

/**
 * Tallies by the values of their labels, which must be few: route templates and outcomes, never ids.
 *
 * Not the package's own: its observations take 0.9 µs each, ours 0.15 (2026-11-23), and an order makes several.
 */
export class TallyBook {
  readonly labels: readonly string[];
  readonly #bounds: readonly number[];
  readonly #tallies = new Map<string, { readonly values: readonly string[]; readonly tally: Tally }>();

  constructor(labels: readonly string[], bounds: readonly number[]) {
    this.labels = labels;
    this.#bounds = bounds;
  }

  add(value: number, first: string, second = "", third = ""): void {
    const name = `${first}\n${second}\n${third}`;
    let found = this.#tallies.get(name);
    if (!found) {
      found = { values: [first, second, third].slice(0, this.labels.length), tally: new Tally(this.#bounds) };
      this.#tallies.set(name, found);
    }
    found.tally.add(value);
  }

  /** Every tally with its labels by name. */
  list(): { labels: Record<string, string>; tally: Tally }[] {
    return [...this.#tallies.values()].map(({ values, tally }) => ({
      labels: Object.fromEntries(this.labels.map((label, index) => [label, values[index] ?? ""])),
      tally,
    }));
  }
}
