/** The ways to refuse, each with its HTTP status in `http/`. Nothing was changed when one is thrown. */
export type RefusalKind =
  | "unreadable"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "precondition"
  | "too-large"
  | "unsupported"
  | "invalid"
  | "too-many"
  | "unavailable";

/** One fault in what was sent: where (a JSON pointer) and what is wrong with it. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

export interface RefusalExtras {
  /** Where the input is wrong, for kind `invalid`. */
  readonly faults?: readonly Fault[];
  /** What a program needs to know beside the sentence; plain JSON. Source: RFC 9457, section 3.2, extension members. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** When it is worth asking again; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

/** Thrown to refuse; the transaction around it rolls back, the caller is told the sentence and the code. */
export class Refusal extends Error {
  readonly code: string;
  readonly kind: RefusalKind;
  readonly details: object;
  readonly extras: RefusalExtras;

  constructor(code: string, kind: RefusalKind, message: string, given: { details: object; extras: RefusalExtras }) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.kind = kind;
    this.details = given.details;
    this.extras = given.extras;
  }
}

/** Declares one way to refuse. The code stands once in the source, so that it can be found and documented. */
export function refusal<Details extends object>(
  code: string,
  kind: RefusalKind,
  sentence: (details: Details) => string,
): (details: Details, extras?: RefusalExtras) => Refusal {
  return (details, extras = {}) => new Refusal(code, kind, sentence(details), { details, extras });
}

/** The SQLSTATE classes and codes by which PostgreSQL says "not now": connection, shutdown, resources, disk. */
const unavailableSqlState = /^(08|53|57P0|58)/;
const unavailableSystemCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
]);
const unavailableMessages =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|not queryable|Client was closed|Cannot use a pool after/i;

/**
 * Says whether the database cannot be reached or cannot work just now, so that asking again later is the right answer.
 * Whether the last statement took effect is then unknown.
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (unavailableSqlState.test(code) || unavailableSystemCodes.has(code)) return true;
  return unavailableMessages.test(error.message) || isUnavailable(error.cause);
}
