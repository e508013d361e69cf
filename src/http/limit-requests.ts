import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Refusal, type RefusalKind } from "../platform/errors.ts";
import { type Allowance, type Left, openAllowance } from "./allowance.ts";
import { tooManyGuesses, tooManyRequests } from "./http-errors.ts";
import { networkOf } from "./network.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Asked by those who watch the program, who must hear from it when it has too much to do. */
    unlimited?: true;
    /** Who speaks here proves it by a signature: what comes without a good one counts as guessing. */
    signed?: true;
  }
}

/** How often one caller may ask this process; 0 stands for no limit. */
export interface RateLimits {
  readonly principalPerSecond: number;
  readonly addressPerSecond: number;
  /** Wrong keys and wrong signatures from one address. */
  readonly guessesPerMinute: number;
}

export const unlimited: RateLimits = { principalPerSecond: 0, addressPerSecond: 0, guessesPerMinute: 0 };

const atOnceSeconds = 10; // What was not asked for in the last ten seconds may be asked for at once.
const secondMs = 1_000;
const minuteSeconds = 60;

/** What a limit is called in the headers that tell of it. */
type Whose = "principal" | "address" | "guesses";

interface Limit {
  readonly whose: Whose;
  readonly allowance: Allowance;
  readonly policy: string;
}

function limitOf(whose: Whose, most: number, windowSeconds: number): Limit | undefined {
  if (most === 0) return undefined;
  const allowance = openAllowance({ perSecond: most / windowSeconds, atOnce: most });
  return { whose, allowance, policy: `"${whose}";q=${most};w=${windowSeconds}` };
}

function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / secondMs));
}

/** Source: IETF draft-ietf-httpapi-ratelimit-headers-10. */
function tell(reply: FastifyReply, { whose, policy }: Limit, { uses, waitMs, restMs }: Left): void {
  const seconds = uses > 0 ? Math.ceil(restMs / secondMs) : wholeSeconds(waitMs);
  reply.header("ratelimit-policy", policy).header("ratelimit", `"${whose}";r=${uses};t=${seconds}`);
}

/** Counts a request; tells its caller as soon as less than half is left, and refuses it when nothing is. */
function count(reply: FastifyReply, limit: Limit, name: string): void {
  const nowMs = performance.now();
  const allowed = limit.allowance.spend(name, nowMs);
  const left = limit.allowance.left(name, nowMs);
  if (!allowed || left.uses < limit.allowance.rate.atOnce / 2) tell(reply, limit, left);
  if (!allowed) throw tooManyRequests({ whose: limit.whose }, { retryAfterSeconds: wholeSeconds(left.waitMs) });
}

/** What an address hears that guessed too often. */
function refuseGuess(reply: FastifyReply, limit: Limit, name: string): Refusal {
  const left = limit.allowance.left(name, performance.now());
  tell(reply, limit, left);
  return tooManyGuesses({}, { retryAfterSeconds: wholeSeconds(left.waitMs) });
}

/** The refusals that come before a signature was found to be good. */
const unproven = new Set<RefusalKind>(["unreadable", "unauthorized", "too-large", "unsupported"]);

/** Who may ask how often, in this process alone: several processes allow as many times as much. */
export interface Limiter {
  /** @throws http.too_many_requests */
  countPrincipal(request: FastifyRequest, reply: FastifyReply): void;
  /** This address guessed as often as it may. */
  isGuessing(request: FastifyRequest): boolean;
  /** Counts a key that opened nothing; answers the refusal when there were too many. */
  countGuess(request: FastifyRequest, reply: FastifyReply): Refusal | undefined;
}

/**
 * Limits how often one address may ask, whatever it asks for, and how often it may guess keys and signatures. Counters
 * are kept in memory and bounded: half a microsecond for a request, where `@fastify/rate-limit` took two (2026-11-23).
 */
export function limitRequests(app: FastifyInstance, limits: RateLimits): Limiter {
  const address = limitOf("address", limits.addressPerSecond * atOnceSeconds, atOnceSeconds);
  const principal = limitOf("principal", limits.principalPerSecond * atOnceSeconds, atOnceSeconds);
  const guesses = limitOf("guesses", limits.guessesPerMinute, minuteSeconds);

  const isGuessing = (request: FastifyRequest) =>
    guesses?.allowance.left(networkOf(request.ip), performance.now()).uses === 0;

  app.addHook("onRequest", (request, reply, done) => {
    const { config } = request.routeOptions;
    if (address && !config.unlimited) count(reply, address, networkOf(request.ip));
    if (guesses && config.signed && isGuessing(request)) throw refuseGuess(reply, guesses, networkOf(request.ip));
    done();
  });
  app.addHook("onError", (request, _reply, error: Error, done) => {
    const isGuess = error instanceof Refusal && unproven.has(error.kind);
    if (isGuess && request.routeOptions.config.signed) {
      guesses?.allowance.spend(networkOf(request.ip), performance.now());
    }
    done();
  });

  return {
    countPrincipal(request, reply) {
      if (principal && !request.routeOptions.config.unlimited) count(reply, principal, request.principal.id);
    },
    isGuessing,
    countGuess(request, reply) {
      const name = networkOf(request.ip);
      if (!guesses || guesses.allowance.spend(name, performance.now())) return undefined;
      return refuseGuess(reply, guesses, name);
    },
  };
}
