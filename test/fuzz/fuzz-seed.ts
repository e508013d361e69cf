import { chaosSeed } from "../support/random.ts";

/** The seed of this run: the one given as `FUZZ_SEED` or `CHAOS_SEED`, or another each time. */
export const fuzzSeed = Number(process.env.FUZZ_SEED ?? chaosSeed);
