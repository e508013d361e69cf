import { refusal } from "../platform/errors.ts";

type Nothing = Record<string, never>;

export const unreadableBody = refusal<{ why: string }>("http.unreadable_body", "unreadable", ({ why }) => why);

export const invalidInput = refusal<{ what: string }>(
  "http.invalid_input",
  "invalid",
  ({ what }) => `The ${what} can be read, but is not valid.`,
);

export const bodyTooLarge = refusal<{ limitBytes: number }>(
  "http.body_too_large",
  "too-large",
  ({ limitBytes }) => `The body is larger than ${limitBytes} bytes.`,
);

export const tooManyElements = refusal<{ most: number }>(
  "http.too_many_elements",
  "too-large",
  ({ most }) => `One body has ${most} elements at most.`,
);

export const elementTooLarge = refusal<{ limitBytes: number }>(
  "http.element_too_large",
  "too-large",
  ({ limitBytes }) => `The element is larger than ${limitBytes} bytes.`,
);

export const unsupportedType = refusal<{ types: readonly string[] }>(
  "http.unsupported_type",
  "unsupported",
  ({ types }) => `The body must be sent as ${types.join(" or ")} in UTF-8, and not compressed.`,
);

export const routeNotFound = refusal<Nothing>("http.not_found", "not-found", () => "There is nothing at this address.");

export const methodNotAllowed = refusal<{ method: string; allow: string }>(
  "http.method_not_allowed",
  "not-found",
  ({ method, allow }) => `${method} is not served here, only ${allow}.`,
);

export const malformedUrl = refusal<Nothing>(
  "http.malformed_url",
  "unreadable",
  () => "The address of the request cannot be read: one of its percent signs begins no UTF-8 character.",
);

export const malformedRequest = refusal<Nothing>(
  "http.malformed_request",
  "unreadable",
  () => "The request is not valid HTTP. Letters beyond ASCII are percent-encoded in an address.",
);

export const hostInvalid = refusal<Nothing>(
  "http.host_invalid",
  "unreadable",
  () => "A request names the host it is for once, in the header Host.",
);

export const expectationFailed = refusal<Nothing>(
  "http.expectation_failed",
  "unreadable",
  () => "Of the header Expect only `100-continue` is understood.",
);

export const requestTimedOut = refusal<Nothing>(
  "http.request_timeout",
  "unreadable",
  () => "The request did not arrive in time.",
);

export const headersTooLarge = refusal<Nothing>(
  "http.headers_too_large",
  "too-large",
  () => "The headers of the request are too large, or too many.",
);

export const unauthorized = refusal<Nothing>(
  "http.unauthorized",
  "unauthorized",
  () => "Send a valid API key as `Authorization: Bearer …`.",
);

export const signInNeeded = refusal<Nothing>(
  "http.sign_in_needed",
  "unauthorized",
  () => "Sign in first; this belongs to users.",
);

export const crossSite = refusal<Nothing>(
  "http.cross_site",
  "forbidden",
  () => "The request comes from a page of another site.",
);

export const tooManyGuesses = refusal<Nothing>(
  "http.too_many_guesses",
  "too-many",
  () => "Too many wrong API keys or signatures came from this address.",
);

export const tooManyRequests = refusal<{ whose: string }>("http.too_many_requests", "too-many", ({ whose }) =>
  whose === "principal" ? "This API key asks more often than it may." : "This address asks more often than it may.",
);

export const scopeMissing = refusal<{ scope: string }>(
  "http.scope_missing",
  "forbidden",
  ({ scope }) => `This needs the scope ${scope}, which neither the API key nor the role has.`,
);

export const unavailable = refusal<Nothing>(
  "http.unavailable",
  "unavailable",
  () => "This cannot be done just now. Ask again; with the same Idempotency-Key nothing is done twice.",
);

export const idempotencyKeyInvalid = refusal<Nothing>(
  "http.idempotency_key_invalid",
  "unreadable",
  () => "An Idempotency-Key is 1 to 255 printable ASCII characters, sent once.",
);

export const idempotencyKeyReused = refusal<Nothing>(
  "http.idempotency_key_reused",
  "invalid",
  () => "This Idempotency-Key was used for another request; a new request needs a new key.",
);

export const idempotencyKeyInFlight = refusal<Nothing>(
  "http.idempotency_key_in_flight",
  "conflict",
  () => "The first request with this Idempotency-Key is still under way.",
);

export const ifMatchInvalid = refusal<Nothing>(
  "http.if_match_invalid",
  "unreadable",
  () => "If-Match is a list of entity tags in quotes, as ETag gave them, or `*`.",
);

export const preconditionFailed = refusal<Nothing>(
  "http.precondition_failed",
  "precondition",
  () => "This is no longer as If-Match says. Read it again, decide again, and send the write with its new ETag.",
);

export const notReady = refusal<{ reasons: string }>(
  "http.not_ready",
  "unavailable",
  ({ reasons }) => `Requests cannot be served just now (${reasons}).`,
);
