/** How often something may be done: `perSecond` for as long as one likes, `atOnce` after a pause. */
export interface Rate {
  readonly perSecond: number;
  readonly atOnce: number;
}

/** What a name has left. */
export interface Left {
  /** Uses that may follow at once. */
  readonly uses: number;
  /** Until there is one; 0 when there is. */
  readonly waitMs: number;
  /** Until all are there again. */
  readonly restMs: number;
}

/** Uses counted by name. Times are of a clock that is never set. */
export interface Allowance {
  readonly rate: Rate;
  left(name: string, nowMs: number): Left;
  /** Counts a use, unless none is left: false then, and nothing is counted. */
  spend(name: string, nowMs: number): boolean;
}

const secondMs = 1_000;
const mostNames = 20_000; // Two megabytes. Who is forgotten has everything again: a flood of names shuts nobody out.
const rounding = 1e-3; // Of a use: sums of fractions must not cost the last one.

class Counter implements Allowance {
  readonly rate: Rate;
  readonly #everyMs: number;
  readonly #most: number;
  /** When everything a name used is earned back; in the order of their last uses. */
  readonly #restedAt = new Map<string, number>();

  constructor(rate: Rate, most: number) {
    this.rate = rate;
    this.#everyMs = secondMs / rate.perSecond;
    this.#most = most;
  }

  left(name: string, nowMs: number): Left {
    const restMs = Math.max(0, (this.#restedAt.get(name) ?? nowMs) - nowMs);
    const free = this.rate.atOnce - restMs / this.#everyMs;
    const uses = Math.max(0, Math.floor(free + rounding));
    return { uses, waitMs: uses > 0 ? 0 : (1 - free) * this.#everyMs, restMs };
  }

  spend(name: string, nowMs: number): boolean {
    const restedAt = Math.max(this.#restedAt.get(name) ?? nowMs, nowMs) + this.#everyMs;
    if (restedAt - nowMs > (this.rate.atOnce + rounding) * this.#everyMs) return false;
    this.#restedAt.delete(name);
    this.#restedAt.set(name, restedAt);
    if (this.#restedAt.size > this.#most) this.#forgetOldest();
    return true;
  }

  #forgetOldest(): void {
    for (const oldest of this.#restedAt.keys()) {
      this.#restedAt.delete(oldest);
      return;
    }
  }
}

/**
 * Opens an allowance at a rate, in one number for each name; those that used it longest ago are forgotten first.
 * Source: the generic cell rate algorithm, ITU-T I.371.
 */
export function openAllowance(rate: Rate, most = mostNames): Allowance {
  return new Counter(rate, most);
}
