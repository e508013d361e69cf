import assert from "node:assert/strict";
import { commandOf, type Sender } from "./fuzz-request.ts";
import { fuzzSeed } from "./fuzz-seed.ts";
import type { Operation } from "./read-operations.ts";
import type { Campaign, Finding } from "./run-campaign.ts";
import { shrinkRequest } from "./shrink-request.ts";

const mostShown = 12;

/** What can be seen again only with the tables at hand, or by sending twice. */
const notByOneRequest = new Set(["half-done", "replay-differs", "replay-untold", "hang"]);

async function describeFinding(campaign: Campaign, finding: Finding, sender: Sender): Promise<string> {
  const { rule, says, request, times } = finding;
  const breaks = async (candidate: typeof request) => (await campaign.try(candidate)).some((one) => one.rule === rule);
  const smallest = notByOneRequest.has(rule) ? request : await shrinkRequest(request, breaks);
  return `${rule}, ${times} times: ${says}\n  by ${request.what}\n  ${commandOf(smallest, sender)}`;
}

/** Fails with each rule that was broken, the smallest request that breaks it, and the seed. */
export async function assertNothingFound(campaign: Campaign, sender: Sender): Promise<void> {
  const { findings } = campaign;
  const shown: string[] = [];
  for (const finding of findings.slice(0, mostShown)) shown.push(await describeFinding(campaign, finding, sender));
  assert.ok(
    findings.length === 0,
    `${findings.length} rules were broken (again with FUZZ_SEED=${fuzzSeed}):\n${shown.join("\n")}`,
  );
}

/** One line for each operation: how often it answered with which status. */
export function describeAnswers({ answered }: Pick<Campaign, "answered">): string[] {
  return [...answered].map(([id, statuses]) => {
    const counts = [...statuses].sort(([one], [other]) => one - other).map(([status, count]) => `${status}×${count}`);
    return `${id}: ${counts.join(" ")}`;
  });
}

/** It was done; or, of a sign-in at an issuer, the browser was sent on. */
function isDone(status: number): boolean {
  return status < 300 || status === 303;
}

/** The operations that never did what they are for. */
export function listUnreached({ answered }: Pick<Campaign, "answered">, operations: readonly Operation[]): string[] {
  return operations.map(({ id }) => id).filter((id) => ![...(answered.get(id)?.keys() ?? [])].some(isDone));
}
