/** Numbers from 0 up to 1 that follow from the seed, so that a run can be had again. Source: mulberry32, in the public domain. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The seed of this run: the one given as `CHAOS_SEED`, or another each time. */
export const chaosSeed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 1_000_000));
