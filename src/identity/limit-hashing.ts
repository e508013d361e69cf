import { signInBusy } from "./identity-errors.ts";

const retryAfterSeconds = 5;

/**
 * Lets a few do work at once and the others wait for their turn, of whom there are only so many.
 * @throws identity.busy
 */
export function limitHashing({ atOnce, mostWaiting }: { atOnce: number; mostWaiting: number }) {
  let busy = 0;
  const waiting: (() => void)[] = [];
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (busy < atOnce) busy += 1;
    else if (waiting.length >= mostWaiting) throw signInBusy({}, { retryAfterSeconds });
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The turn is handed on; while others wait it is never given back.
      const next = waiting.shift();
      if (next) next();
      else busy -= 1;
    }
  };
}
