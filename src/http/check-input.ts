import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import type { FastifySchema, FastifySchemaCompiler } from "fastify";
import type { Fault } from "../platform/errors.ts";
import { describeFault, missingBody } from "./describe-fault.ts";
import { invalidInput } from "./http-errors.ts";
import { mailAddress } from "./mail-address.ts";

const mostFaults = 20; // Enough to mend a body by; the rest shows when these are gone.
const mostCheckedValues = 5_000; // A larger value is told its first fault only: listing all of them may take seconds.

type Part = NonNullable<Parameters<FastifySchemaCompiler<FastifySchema>>[0]["httpPart"]>;

const partNames: Readonly<Record<string, string>> = {
  body: "body",
  querystring: "query",
  params: "address",
  headers: "head",
};

function ajv(allErrors: boolean): Ajv {
  // Nothing is turned into something else, nothing is dropped in silence.
  const options = { coerceTypes: false, removeAdditional: false, useDefaults: true, allErrors } as const;
  const made = new Ajv({ ...options, strictTypes: false, strictTuples: false, strictRequired: false });
  addFormats.default(made);
  made.addFormat("email", mailAddress);
  return made;
}

/** Counts the values in a value, as far as a limit. */
function countValues(value: unknown, limit: number): number {
  if (typeof value !== "object" || value === null) return 1;
  let count = 1;
  for (const member of Object.values(value)) {
    count += countValues(member, limit - count);
    if (count > limit) break;
  }
  return count;
}

const wholeNumber = /^-?(0|[1-9]\d{0,14})$/;

function readText(text: string, type: unknown): unknown {
  if (type === "integer" && wholeNumber.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

/**
 * Reads the parameters of an address, which all arrive as text, by the types in their schema: `20` for an integer is a
 * number; `1e1`, `abc`, ` 20` and a parameter sent twice stay what they are, and the schema refuses them.
 */
function readTexts(schema: FastifySchema, texts: Record<string, unknown>): void {
  const { properties = {} } = schema as { properties?: Record<string, { type?: unknown }> };
  for (const [name, { type }] of Object.entries(properties)) {
    const text = texts[name];
    if (typeof text === "string") texts[name] = readText(text, type);
  }
}

function isText(part: Part | undefined): boolean {
  return part === "querystring" || part === "params";
}

/**
 * What is wrong with the one form that has the type of the value; where none has, the types that may be. Of several such
 * forms nobody knows which was meant.
 */
function faultsOfForms(outer: ErrorObject, errors: readonly ErrorObject[]): ErrorObject[] {
  if (outer.keyword !== "anyOf") return [outer];
  const forms = errors.filter(({ schemaPath }) => schemaPath.startsWith(`${outer.schemaPath}/`));
  const ofItsType = forms.filter(({ keyword }) => keyword !== "type");
  if (forms.length > 0 && ofItsType.length === 0) {
    return [{ ...outer, keyword: "type", params: { type: forms.flatMap(({ params }) => params.type) } }];
  }
  const names = new Set(ofItsType.map(({ schemaPath }) => schemaPath.slice(outer.schemaPath.length + 1).split("/")[0]));
  return names.size === 1 ? ofItsType : [outer];
}

function faultsOf(part: Part | undefined, value: unknown, errors: readonly ErrorObject[]): Fault[] {
  if (part === "body" && value === null) return [missingBody];
  const outermost = errors.filter(({ schemaPath }) => !/\/(anyOf|oneOf)\/\d/.test(schemaPath));
  return (outermost.length > 0 ? outermost : errors)
    .flatMap((error) => faultsOfForms(error, errors))
    .slice(0, mostFaults)
    .map(describeFault);
}

/**
 * Makes the checks of request bodies, addresses and headers from their schemas, each when its first value comes: a process
 * that is asked for little keeps little. A check stops at the first fault; only what failed and is small is checked
 * again for all of its faults.
 */
export function inputCompiler(): FastifySchemaCompiler<FastifySchema> {
  const quick = ajv(false);
  const thorough = ajv(true);
  return ({ schema, httpPart }) => {
    let check: ValidateFunction | undefined;
    let checkAll: ValidateFunction | undefined;
    const errorsOf = (value: unknown): readonly ErrorObject[] => {
      const first = check?.errors ?? [];
      if (countValues(value, mostCheckedValues) > mostCheckedValues) return first;
      checkAll ??= thorough.compile(schema);
      checkAll(value);
      return checkAll.errors ?? first;
    };
    return (value: unknown) => {
      if (isText(httpPart)) readTexts(schema, value as Record<string, unknown>);
      check ??= quick.compile(schema);
      if (check(value)) return true;
      const what = partNames[httpPart ?? "body"] ?? "request";
      return { error: invalidInput({ what }, { faults: faultsOf(httpPart, value, errorsOf(value)) }) };
    };
  };
}
