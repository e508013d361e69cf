import { STATUS_CODES } from "node:http";
import type { Refusal, RefusalKind } from "../platform/errors.ts";

const statusByKind: Readonly<Record<RefusalKind, number>> = {
  unreadable: 400,
  unauthorized: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  precondition: 412,
  "too-large": 413,
  unsupported: 415,
  invalid: 422,
  "too-many": 429,
  unavailable: 503,
};

/** What HTTP itself names more narrowly than the kinds do. */
const statusByCode: Readonly<Record<string, number>> = {
  "http.method_not_allowed": 405,
  "http.request_timeout": 408,
  "http.expectation_failed": 417,
  "http.headers_too_large": 431,
};

const unexpectedStatus = 500;

/** The code of every answer whose cause is a fault of ours. */
const unexpectedCode = "http.unexpected";

/** An error as the outside sees it: a status, headers and the text of a problem document. */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where it happened: the path without its query, which may hold what nobody else should read. */
export interface Occurrence {
  readonly path?: string;
  readonly requestId?: string;
}

function problem(status: number, code: string, detail: string, members: object): string {
  return JSON.stringify({
    type: `/problems/${code}`,
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail,
    code,
    ...members,
  });
}

function headersOf(refusal: Refusal, status: number): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if (status === statusByKind.unauthorized) headers["www-authenticate"] = 'Bearer realm="orderwell"';
  if ("allow" in refusal.details) headers.allow = String(refusal.details.allow);
  const { retryAfterSeconds } = refusal.extras;
  if (retryAfterSeconds !== undefined) headers["retry-after"] = String(retryAfterSeconds);
  return headers;
}

/** How a refusal looks outside. Source: RFC 9457; `code`, `request_id` and `errors` are members of our own. */
export function problemView(refusal: Refusal, at: Occurrence): Problem {
  const status = statusByCode[refusal.code] ?? statusByKind[refusal.kind];
  const { faults, members: own } = refusal.extras;
  const members = { instance: at.path, request_id: at.requestId, errors: faults, ...own };
  return { status, headers: headersOf(refusal, status), body: problem(status, refusal.code, refusal.message, members) };
}

/** How a fault of ours looks outside: the id by which it stands in the log, and nothing of the cause. */
export function unexpectedProblemView(at: Occurrence): Problem {
  const detail = "Something went wrong on our side. The log has it under this request_id.";
  return {
    status: unexpectedStatus,
    headers: { "content-type": "application/problem+json" },
    body: problem(unexpectedStatus, unexpectedCode, detail, { instance: at.path, request_id: at.requestId }),
  };
}
