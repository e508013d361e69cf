import { Type } from "typebox";
import type { Refusal } from "../platform/errors.ts";
import {
  bodyTooLarge,
  idempotencyKeyInFlight,
  invalidInput,
  preconditionFailed,
  routeNotFound,
  scopeMissing,
  tooManyRequests,
  unauthorized,
  unavailable,
  unreadableBody,
  unsupportedType,
} from "./http-errors.ts";
import { problemView, unexpectedProblemView } from "./problem-view.ts";

/** Any error, as RFC 9457 has it, with our own members. */
const ProblemSchema = Type.Object(
  {
    type: Type.String({ format: "uri-reference" }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: "A sentence for people; it may change." }),
    code: Type.String({ description: "The stable word to program against." }),
    instance: Type.Optional(Type.String({ description: "The path that was asked for." })),
    request_id: Type.Optional(Type.String({ description: "The request's name in the log." })),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          { pointer: Type.String({ description: "Where, as a JSON pointer." }), detail: Type.String() },
          { title: "Fault" },
        ),
        { description: "Everything that is wrong with what was sent." },
      ),
    ),
  },
  { title: "Problem", description: "What went wrong, as a problem document (RFC 9457)." },
);

const occurrence = { path: "/api/v2/orders/ORD-27180435", requestId: "h2k9dQ-1c" };

/** A refusal as it is really answered. */
function exampleOf(refusal: Refusal): unknown {
  return JSON.parse(problemView(refusal, occurrence).body);
}

function answer(description: string, example: unknown, headers: readonly string[] = []) {
  return {
    description,
    ...(headers.length > 0 ? { headers: headerRefs(headers) } : {}),
    content: { "application/problem+json": { schema: ProblemSchema, example } },
  };
}

/** References to shared headers, by their names. */
export function headerRefs(names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${componentName(name)}` }]));
}

/** `Idempotency-Key` is `IdempotencyKey` among the components, `webhook-id` `WebhookId`. */
export function componentName(header: string): string {
  return header.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

const retryAfterSeconds = 1;
const wrongEmail = { pointer: "/customer_email", detail: "Must be an e-mail address." };
const retry = ["Retry-After"];

/** Sent with any answer as soon as less than half of what may be asked is left. */
export const limitHeaders = ["RateLimit", "RateLimit-Policy"];

/** What is answered besides success: by status, the name among the components and the response. */
export const refusals: Readonly<Record<string, { readonly name: string; readonly response: object }>> = {
  304: {
    name: "NotModified",
    response: { description: "It is as `If-None-Match` says.", headers: headerRefs(["ETag"]) },
  },
  400: {
    name: "Unreadable",
    response: answer("Cannot be read.", exampleOf(unreadableBody({ why: "The body is not valid JSON." }))),
  },
  401: {
    name: "Unauthorized",
    response: answer("No valid API key.", exampleOf(unauthorized({})), ["WWW-Authenticate"]),
  },
  403: {
    name: "Forbidden",
    response: answer(
      "The key lacks the scope, or a write came with cookies from a page of another site.",
      exampleOf(scopeMissing({ scope: "orders:write" })),
    ),
  },
  404: { name: "NotFound", response: answer("It does not exist, or is not yours.", exampleOf(routeNotFound({}))) },
  409: {
    name: "Conflict",
    response: answer(
      "Not in this state, or the same request is still under way; `Retry-After` when waiting helps.",
      exampleOf(idempotencyKeyInFlight({}, { retryAfterSeconds })),
      retry,
    ),
  },
  412: {
    name: "PreconditionFailed",
    response: answer("It was changed since `If-Match`.", exampleOf(preconditionFailed({}))),
  },
  413: {
    name: "TooLarge",
    response: answer("The body is too large.", exampleOf(bodyTooLarge({ limitBytes: 1_048_576 }))),
  },
  415: {
    name: "UnsupportedType",
    response: answer(
      "The body is not of a type that is taken here.",
      exampleOf(unsupportedType({ types: ["application/json"] })),
    ),
  },
  422: {
    name: "Invalid",
    response: answer("Readable and wrong.", exampleOf(invalidInput({ what: "body" }, { faults: [wrongEmail] }))),
  },
  429: {
    name: "TooMany",
    response: answer(
      "This key or this address asks more often than it may.",
      exampleOf(tooManyRequests({ whose: "principal" }, { retryAfterSeconds })),
      ["Retry-After", ...limitHeaders],
    ),
  },
  503: {
    name: "Unavailable",
    response: answer(
      "Cannot be done just now; of a write the outcome is unknown.",
      exampleOf(unavailable({}, { retryAfterSeconds })),
      retry,
    ),
  },
  default: {
    name: "Unexpected",
    response: answer(
      "Whatever else can happen to any request: a wrong method (405), a head that is too large (431), a fault of ours (500).",
      JSON.parse(unexpectedProblemView(occurrence).body),
    ),
  },
};

const text = { type: "string" };

/** Headers of answers. */
export const answerHeaders: Readonly<Record<string, object>> = {
  ETag: {
    description: "The state that is answered, for `If-Match` and `If-None-Match`.",
    required: true,
    schema: text,
  },
  "Idempotent-Replayed": {
    description: "`true` when this is the answer that was given before, and nothing was done now.",
    schema: { type: "string", enum: ["true"] },
  },
  RateLimit: {
    description: "What is left of a limit (IETF draft): uses and seconds. Sent when little is.",
    schema: text,
  },
  "RateLimit-Policy": { description: "The limit that `RateLimit` speaks of.", schema: text },
  "Set-Cookie": {
    description: "The cookie by which a shopper who had none is known from now on. Browsers keep it by themselves.",
    schema: text,
  },
  "Retry-After": { description: "Seconds after which it is worth asking again.", schema: { type: "integer" } },
  "WWW-Authenticate": { description: "How to say who asks.", schema: text },
};

function headerParameter(name: string, description: string, example: string, schema: object = text) {
  return { name, in: "header", required: signatureHeaders.includes(name), description, schema, example };
}

/** Source: Standard Webhooks 1.0. */
export const signatureHeaders: readonly string[] = ["webhook-id", "webhook-timestamp", "webhook-signature"];

const longestKey = 255; // As idempotency.ts reads it.

/** Headers of requests, by their names. */
export const requestHeaders: Readonly<Record<string, object>> = {
  "Idempotency-Key": headerParameter(
    "Idempotency-Key",
    "The same key with the same request gets the same answer for 24 hours, and nothing is done twice.",
    "8e03978e-40d5-43dd-bc93-6894a57f9324",
    { type: "string", minLength: 1, maxLength: longestKey },
  ),
  "If-Match": headerParameter(
    "If-Match",
    "The `ETag` of what is to be changed: 412 when it was changed since. Without it the write goes ahead.",
    '"zqOqlS2ZRt0sMPGwCCDiNg"',
  ),
  "If-None-Match": headerParameter(
    "If-None-Match",
    "The `ETag` that you have: 304 without a body when it is still so.",
    '"zqOqlS2ZRt0sMPGwCCDiNg"',
  ),
  "webhook-id": headerParameter(
    "webhook-id",
    "The same whenever this news is sent again.",
    "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
  ),
  "webhook-timestamp": headerParameter("webhook-timestamp", "When it was signed, in seconds.", "1795435200"),
  "webhook-signature": headerParameter(
    "webhook-signature",
    "Made from id, timestamp and body with the shared secret, as Standard Webhooks has it.",
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  ),
};

export const securitySchemes = {
  session: { type: "apiKey", in: "cookie", name: "orderwell.session_token", description: "A user who signed in." },
  shopper: {
    type: "apiKey",
    in: "cookie",
    name: "ANONYMOUS_USER_EXTERNAL_ID",
    description: "A shopper without an account; the first write sets it.",
  },
  bearer: { type: "http", scheme: "bearer", description: "An API key." },
  apiKey: { type: "apiKey", in: "header", name: "X-Api-Key", description: "The same API key in its own header." },
} as const;
