import type { ErrorObject } from "ajv";
import type { Fault } from "../platform/errors.ts";
import { pointerOf, pointerTo } from "./pointer.ts";

type Params = Readonly<Record<string, unknown>>;

const typeWords: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  object: "an object",
  array: "an array",
  null: "null",
};

const formatWords: Readonly<Record<string, string>> = {
  email: "an e-mail address",
  uuid: "a UUID",
  "date-time": "a time as RFC 3339 writes it, such as 2025-04-03T10:00:00Z",
  date: "a date as RFC 3339 writes it, such as 2025-04-03",
  uri: "a URL",
};

/** Patterns in words. */
const patternWords: Readonly<Record<string, string>> = {
  "^[A-Z]{3}$": "be three capital letters, such as EUR",
  "^incoming/": "begin with incoming/",
  "\\S": "not be blank",
  "^\\P{Cc}*$": "be on one line, without control characters",
  "^(user|organization)/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$": "be user/ or organization/ and its UUID",
};

function listed(values: unknown): string {
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)).join(", ") : "";
}

function typeSentence({ type }: Params): string {
  const types = Array.isArray(type) ? type : [type];
  return `Must be ${types.map((one) => typeWords[String(one)] ?? String(one)).join(" or ")}.`;
}

function count(limit: unknown, unit: string): string {
  return `${limit} ${unit}${limit === 1 ? "" : "s"}`;
}

/** What to say for each keyword of a schema; every other one is said in the validator's own words. */
const sentences: Readonly<Record<string, (params: Params) => string>> = {
  required: () => "Is missing.",
  type: typeSentence,
  minimum: ({ limit }) => `Must be at least ${limit}.`,
  maximum: ({ limit }) => `Must be at most ${limit}.`,
  exclusiveMinimum: ({ limit }) => `Must be more than ${limit}.`,
  exclusiveMaximum: ({ limit }) => `Must be less than ${limit}.`,
  multipleOf: ({ multipleOf }) => `Must be a multiple of ${multipleOf}.`,
  minLength: ({ limit }) => `Must have at least ${count(limit, "character")}.`,
  maxLength: ({ limit }) => `Must have at most ${count(limit, "character")}.`,
  minItems: ({ limit }) => `Must have at least ${count(limit, "element")}.`,
  maxItems: ({ limit }) => `Must have at most ${count(limit, "element")}.`,
  minProperties: ({ limit }) => `Must have at least ${count(limit, "field")}.`,
  maxProperties: ({ limit }) => `Must have at most ${count(limit, "field")}.`,
  uniqueItems: () => "Must not have an element twice.",
  pattern: ({ pattern }) => `Must ${patternWords[String(pattern)] ?? `match ${pattern}`}.`,
  format: ({ format }) => `Must be ${formatWords[String(format)] ?? `a ${String(format)}`}.`,
  enum: ({ allowedValues }) => `Must be one of ${listed(allowedValues)}.`,
  const: ({ allowedValue }) => `Must be ${JSON.stringify(allowedValue)}.`,
  anyOf: () => "Has none of the forms that it may have.",
  oneOf: () => "Must have exactly one of the forms that it may have.",
  additionalProperties: () => "There is no such field.",
};

/** The member that a fault is about stands in its parameters when it is not there, or should not be. */
function pointerToFault({ instancePath, params }: ErrorObject): string {
  const name = params.missingProperty ?? params.additionalProperty;
  return typeof name === "string" ? pointerTo(instancePath, name) : pointerTo(instancePath, undefined);
}

/** One fault as a caller reads it: where, and a plain sentence. */
export function describeFault(error: ErrorObject): Fault {
  const sentence = sentences[error.keyword];
  const detail = sentence ? sentence(error.params) : `This ${error.message ?? "is not valid"}.`;
  return { pointer: pointerToFault(error), detail };
}

/** The fault of a body that was not sent at all. */
export const missingBody: Fault = { pointer: pointerOf([]), detail: "A JSON body is needed." };
