import type { Dice } from "./choose.ts";
import type { Crowd, Person } from "./open-crowd.ts";
import type { Pools } from "./pools.ts";

/**
 * What the description cannot say of a request: which values go together, and which would mean something else to the
 * books. A name in braces is a parameter of the path or the query, one of brackets a body that is an array.
 */
export type Values = Readonly<Record<string, unknown>> & { readonly by?: Person | "nobody" };

/** What a starter makes values from. */
export interface Making {
  readonly dice: Dice;
  /** What whoever asks was told; now and then what all were. */
  readonly pools: Pools;
  /** What all were told. */
  readonly all: Pools;
  readonly crowd: Crowd | undefined;
  readonly person: Person | undefined;
}

export type Starter = (making: Making) => Values;
