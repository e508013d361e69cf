import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
} from "cockatiel";
import type { Gateway, SessionRequest } from "./gateway.ts";

export interface GatewayLimits {
  /** For one call, from the moment when it starts. */
  readonly timeoutMs: number;
  /** Calls under way at once. */
  readonly atOnce: number;
  /** Calls that wait for one of those places; more are turned away. */
  readonly waiting: number;
  /** After so many calls in a row without a clear answer, the gateway is left alone. */
  readonly failuresToOpen: number;
  /** For how long it is left alone, before one call tries whether it is back. */
  readonly openMs: number;
}

/** A remote service: few enough calls at once that a slow one holds little, many enough for 200 payments a second. */
export const remoteLimits: Omit<GatewayLimits, "timeoutMs"> = {
  atOnce: 100,
  waiting: 1000,
  failuresToOpen: 5,
  openMs: 10_000,
};

/** The embedded one collects its calls into sets, which need all of a batch to be under way. */
export const embeddedLimits: Omit<GatewayLimits, "timeoutMs"> = {
  atOnce: 5000,
  waiting: 20_000,
  failuresToOpen: 50, // A few test customers who lose replies are no trouble.
  openMs: 1000, // Its only trouble is our own database, which comes back by itself.
};

/** How a gateway is doing, for metrics and readiness. */
export interface GatewayLoad {
  readonly breaker: "closed" | "half-open" | "open";
  readonly underWay: number;
  readonly waiting: number;
}

export interface GuardedGateway extends Gateway {
  load(): GatewayLoad;
}

type Unsure = { readonly outcome: "unknown"; readonly reason: string };
type NotSent = { readonly outcome: "not_sent"; readonly reason: string };
type Call = <Answer extends object | undefined>(ask: () => Promise<Answer>) => Promise<Answer | Unsure | NotSent>;

/** Without a clear answer, whoever is asked. A declined card is a clear answer. */
function isTrouble(answer: unknown): boolean {
  if (typeof answer !== "object" || answer === null || !("outcome" in answer)) return false;
  return answer.outcome === "unknown" || answer.outcome === "not_sent";
}

/**
 * Puts limits around a gateway: on the time of a call, on the calls at once and in wait, and a circuit breaker that
 * leaves a gateway in trouble alone. What is turned away is `not_sent`; what took too long is `unknown`.
 */
export function guarded(gateway: Gateway, limits: GatewayLimits): GuardedGateway {
  const places = bulkhead(limits.atOnce, limits.waiting);
  const breaker = circuitBreaker(handleWhenResult(isTrouble), {
    halfOpenAfter: limits.openMs,
    breaker: new ConsecutiveBreaker(limits.failuresToOpen),
  });
  const overdue: Unsure = {
    outcome: "unknown",
    reason: `The gateway ${gateway.name} gave no answer within ${limits.timeoutMs} ms.`,
  };

  // The breaker stands behind the queue, so that those who waited hear of what happened meanwhile.
  const call: Call = (ask) =>
    places
      .execute(async () => (isProbing() ? probing : breaker.execute(() => within(limits.timeoutMs, ask, overdue))))
      .catch(turnedAway);

  const probing: NotSent = { outcome: "not_sent", reason: `The gateway ${gateway.name} is being tried again.` };
  const isProbing = () => breaker.state === CircuitState.HalfOpen;

  const { openSession } = gateway;
  const sessions = openSession && {
    openSession: (request: SessionRequest) => call(() => openSession.call(gateway, request)),
  };

  return {
    name: gateway.name,
    keysAreSafe: gateway.keysAreSafe,
    charge: (request) => call(() => gateway.charge(request)),
    ...sessions,
    // A question that was not sent says nothing about the charge.
    findCharge: async (request) => {
      const found = await call(() => gateway.findCharge(request));
      return found?.outcome === "not_sent" ? { outcome: "unknown", reason: found.reason } : found;
    },
    refund: (request) => call(() => gateway.refund(request)),
    close: () => gateway.close(),
    load: () => ({
      breaker: stateOf(breaker.state),
      underWay: limits.atOnce - places.executionSlots,
      waiting: limits.waiting - places.queueSlots,
    }),
  };

  function turnedAway(error: unknown): NotSent | Unsure {
    if (error instanceof BrokenCircuitError) {
      return { outcome: "not_sent", reason: `The gateway ${gateway.name} is in trouble and left alone for now.` };
    }
    if (error instanceof BulkheadRejectedError) {
      return { outcome: "not_sent", reason: `Too many calls to the gateway ${gateway.name} are under way.` };
    }
    return { outcome: "unknown", reason: `The gateway ${gateway.name} failed: ${error}` };
  }
}

/**
 * Answers `late` when the call takes too long; what comes of it after that is heard by nobody.
 * By hand, since the package's own timeout takes 9 of the 11 µs that all of these limits cost a call (2026-11-23).
 */
function within<Answer, Late>(timeoutMs: number, ask: () => Promise<Answer>, late: Late): Promise<Answer | Late> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, timeoutMs, late);
    ask()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

function stateOf(state: CircuitState): GatewayLoad["breaker"] {
  if (state === CircuitState.Closed) return "closed";
  return state === CircuitState.HalfOpen ? "half-open" : "open";
}
