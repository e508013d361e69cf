import type { Log } from "./log.ts";

export interface LoopOptions {
  /** Named in the log when a turn fails. */
  readonly name: string;
  readonly log: Log;
  /** Does a piece of work and answers how many milliseconds to wait before the next one. */
  turn(): Promise<number>;
}

export interface Loop {
  /** Ends the present wait, or the next one if a turn is under way. A wait after a failure is not cut short. */
  nudge(): void;
  /** Lets the turn under way finish, and starts no other. */
  stop(): Promise<void>;
}

const firstRetryMs = 50;
const longestRetryMs = 2_000; // A database that restarts is back within seconds; the loop should not be the last to know.

/** Takes turns until it is stopped. A turn that throws is logged and taken again after a growing wait. */
export function startLoop({ name, log, turn }: LoopOptions): Loop {
  let stopping = false;
  let nudged = false;
  let failures = 0;
  let wake: (() => void) | undefined;

  async function takeTurn(): Promise<number> {
    try {
      const waitMs = await turn();
      if (failures > 0) log.info({ loop: name, failures }, "A loop works again.");
      failures = 0;
      return waitMs;
    } catch (error) {
      failures += 1;
      if (failures === 1) log.warn({ err: error, loop: name }, "A loop's turn failed; it is taken again.");
      return Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs) * (0.5 + Math.random() / 2);
    }
  }

  async function rest(waitMs: number): Promise<void> {
    if (stopping || (nudged && failures === 0)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wake = undefined;
  }

  async function run(): Promise<void> {
    while (!stopping) {
      nudged = false;
      await rest(await takeTurn());
    }
  }

  const done = run();
  return {
    nudge() {
      nudged = true;
      if (failures === 0) wake?.();
    },
    stop() {
      stopping = true;
      wake?.();
      return done;
    },
  };
}
