import { secondsBounds, TallyBook } from "../platform/tally.ts";
import { inSpan } from "../platform/trace.ts";
import type { SessionRequest } from "./gateway.ts";
import type { GuardedGateway } from "./guarded-gateway.ts";

/** The calls to gateways by this process: how long the caller waited, and for what answer. */
export const gatewayCalls = new TallyBook(["gateway", "call", "outcome"], secondsBounds);

type Answered = { readonly outcome: string } | undefined;

/** The same gateway, with every call counted and traced as its caller sees it: the wait for a place is in the time. */
export function measured(gateway: GuardedGateway): GuardedGateway {
  const { name } = gateway;
  const span = { side: "client", facts: { "orderwell.gateway": name } } as const;
  async function timed<Answer extends Answered>(call: string, ask: () => Promise<Answer>): Promise<Answer> {
    const since = performance.now();
    const answer = await inSpan(`gateway ${call}`, ask, span);
    gatewayCalls.add((performance.now() - since) / 1000, name, call, answer?.outcome ?? "none");
    return answer;
  }
  const { openSession } = gateway;
  const sessions = openSession && {
    openSession: (request: SessionRequest) => timed("open_session", () => openSession(request)),
  };
  return {
    ...gateway,
    ...sessions,
    charge: (request) => timed("charge", () => gateway.charge(request)),
    findCharge: (request) => timed("find_charge", () => gateway.findCharge(request)),
    refund: (request) => timed("refund", () => gateway.refund(request)),
  };
}
