import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhenResult,
  retry,
  wrap,
} from "cockatiel";
import type { Channel, Delivery } from "./channel.ts";

const failuresInARow = 5; // One may be chance, five say that the channel is down.
const restMs = 10_000; // As long as one call may take: a channel that recovers is not missed for long.
const firstWaitMs = 100;
const longestWaitMs = 2_000; // Longer waits are the job system's: they hold no slot.

function isChannelTrouble(result: unknown): boolean {
  const delivery = result as Delivery;
  return delivery.outcome === "unknown" || (delivery.outcome === "not_sent" && delivery.holdup === "channel");
}

export interface Guarding {
  /** How often a letter that certainly had no effect is tried again within one send. */
  readonly quickRetries: number;
}

/**
 * Puts a circuit breaker around a channel, so that one that is down costs its letters no time, and quick retries
 * where a try certainly had no effect. An outcome that is unknown is left to the job: it comes back with the same id.
 */
export function guardChannel(channel: Channel, { quickRetries }: Guarding): Channel {
  const breaker = circuitBreaker(handleWhenResult(isChannelTrouble), {
    breaker: new ConsecutiveBreaker(failuresInARow),
    halfOpenAfter: restMs,
  });
  const again = retry(
    handleWhenResult((result) => (result as Delivery).outcome === "not_sent"),
    {
      maxAttempts: quickRetries,
      backoff: new ExponentialBackoff({ initialDelay: firstWaitMs, maxDelay: longestWaitMs }),
    },
  );
  const policy = quickRetries > 0 ? wrap(again, breaker) : breaker;
  return {
    ...channel,
    async send(letter) {
      try {
        return await policy.execute(() => channel.send(letter));
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        return { outcome: "not_sent", holdup: "channel", reason: `The channel ${channel.name} rests after failures.` };
      }
    },
  };
}
