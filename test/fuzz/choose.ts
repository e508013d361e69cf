/** Chances that follow from a seed: numbers from 0 up to 1. */
export type Dice = () => number;

export function chance(dice: Dice, share: number): boolean {
  return dice() < share;
}

/** A whole number from `from` to `to`, both included. */
export function between(dice: Dice, from: number, to: number): number {
  return from + Math.floor(dice() * (to - from + 1));
}

/** One of those that there are. */
export function oneOf<Item>(dice: Dice, items: readonly Item[]): Item {
  if (items.length === 0) throw new Error("There is nothing to choose from.");
  return items[Math.floor(dice() * items.length)] as Item;
}

/** Mostly the newest: what is older may be gone. */
export function newestOf<Item>(dice: Dice, items: readonly Item[]): Item {
  return chance(dice, 0.6) && items.length > 0 ? (items.at(-1) as Item) : oneOf(dice, items);
}
