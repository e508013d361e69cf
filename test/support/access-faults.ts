import type { Case } from "./access-site.ts";
import { describeCase } from "./access-site.ts";
import { anyOrderId } from "./far-order-ids.ts";
import { codeOf } from "./hear-answers.ts";
import type { Answered } from "./serve.ts";

const firstRefusal = 400;
const firstFault = 500;

export function isRead({ row }: Pick<Case, "row">): boolean {
  return row.method === "GET" || row.method === "HEAD";
}

/** A write that was let in may find that there is nothing to do; what is one's own is read, and changed. */
function isAllowed(one: Case, { status }: Answered): boolean {
  const { kind } = one.row.access;
  if (kind === "anybody") return status < firstFault && status !== 401 && status !== 403;
  if (kind === "secret") return status >= firstRefusal && status < firstFault;
  if (one.whose !== undefined || isRead(one)) return status < firstRefusal;
  return status < firstFault && status !== 401 && status !== 403;
}

function isHeard(one: Case, answer: Answered): boolean {
  const { expected, row } = one;
  if (expected === "allowed") return isAllowed(one, answer);
  return answer.status === expected.status && (row.method === "HEAD" || codeOf(answer) === expected.code);
}

const nobodyKeeps = "private, no-store";

/** What may stand in no answer, whoever asks: what belongs to one goes through no shared memory. */
function leaksOf({ row, expected }: Case, { headers, text }: Answered): string[] {
  const cacheControl = headers.get("cache-control");
  const cookies = headers.getSetCookie();
  const { kind } = row.access;
  return [
    ...(kind !== "anybody" && cacheControl !== nobodyKeeps ? [`may be kept: ${cacheControl}`] : []),
    ...(cookies.length > 0 && cacheControl !== nobodyKeeps ? ["sets a cookie in an answer that may be kept"] : []),
    ...(cookies.length > 0 && expected !== "allowed" ? ["sets a cookie and refuses"] : []),
    ...(kind !== "scope" && anyOrderId.test(text + JSON.stringify([...headers]))
      ? ["tells how many orders there are"]
      : []),
  ];
}

/** What of an answer is not as it must be. */
export function faultsOf(one: Case, answer: Answered): string[] {
  const { expected } = one;
  const wanted = expected === "allowed" ? expected : `${expected.status} ${expected.code}`;
  const told = `${answer.status} ${answer.text.slice(0, 300)}`;
  const faults = leaksOf(one, answer);
  if (!isHeard(one, answer)) faults.push(`${wanted} is expected`);
  return faults.map((fault) => `${describeCase(one)}: ${fault}: ${told}`);
}

/** A refusal as text, without what differs from one request to the next: its number, and the names that were asked for. */
export function refusalOf({ status, headers, text }: Answered, names: readonly string[]): string {
  const { request_id: _, instance: __, ...problem } = JSON.parse(text === "" ? "{}" : text) as Record<string, unknown>;
  const said = JSON.stringify({ status, headers: [...headers.keys()].sort(), problem });
  return names.reduce((left, name) => left.replaceAll(name, "…"), said);
}
