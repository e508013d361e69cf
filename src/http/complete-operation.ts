import { componentName, headerRefs, limitHeaders, refusals, signatureHeaders } from "./api-components.ts";
import { composeExample, type Schema } from "./compose-example.ts";

interface Parameter {
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

interface Response {
  readonly headers?: object;
  readonly content?: Readonly<
    Record<string, { readonly schema?: Schema; readonly example?: unknown; readonly examples?: unknown }>
  >;
}

type RequestBody = Pick<Response, "content">;

export interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: RequestBody;
  readonly responses: Readonly<Record<string, Response>>;
}

/** What a route says of itself beside its schemas. */
export interface RouteFacts {
  readonly scope?: string | undefined;
  readonly shopper?: "reads" | "writes" | "user" | undefined;
  readonly keyless?: boolean | undefined;
  readonly unlimited?: boolean | undefined;
  readonly signed?: boolean | undefined;
  readonly tagged?: boolean | undefined;
  readonly refuses?: readonly number[] | undefined;
  readonly answers?: Readonly<Record<string, object>> | undefined;
}

/** Where an operation stands, with what its route says. */
export interface Place {
  readonly method: string;
  readonly path: string;
  readonly facts: RouteFacts;
}

const writes = new Set(["post", "put", "patch", "delete"]);
const constraints = ["pattern", "minLength", "maxLength", "minimum", "maximum", "format", "enum"];

function isWrite({ method, facts }: Place): boolean {
  return writes.has(method) && (facts.scope !== undefined || facts.shopper !== undefined);
}

function takesKey(place: Place): boolean {
  return isWrite(place) && !place.facts.keyless;
}

/** A single resource of v2 or the store has a tag; writes to one, or below one, may demand it. */
function isTagged({ method, path, facts }: Place): boolean {
  return method === "get" && (facts.tagged ?? /^\/api\/(v2|store)\/.*\}$/.test(path));
}

function demandsTag(place: Place): boolean {
  return isWrite(place) && (place.facts.tagged ?? /^\/api\/(v2|store)\/.*\}/.test(place.path));
}

function isChecked({ in: where, schema = {} }: Parameter): boolean {
  return where === "query" || constraints.some((constraint) => constraint in schema);
}

/** The statuses of refusal that follow from what a route is. */
function statusesOf(operation: Operation, place: Place): string[] {
  const { scope, shopper, unlimited, refuses = [] } = place.facts;
  const hasBody = operation.requestBody !== undefined;
  const when: readonly [string, boolean][] = [
    ["304", isTagged(place)],
    ["400", true],
    ["401", scope !== undefined || shopper === "user"],
    ["403", scope !== undefined || isWrite(place)],
    ["404", place.path.includes("{")],
    ["409", takesKey(place)],
    ["412", demandsTag(place)],
    ["413", hasBody],
    ["415", hasBody],
    ["422", hasBody || isWrite(place) || (operation.parameters ?? []).some(isChecked)],
    ["429", !unlimited],
    ["503", scope !== undefined || shopper !== undefined || writes.has(place.method)],
    ["default", true],
  ];
  return when.filter(([status, is]) => is || refuses.includes(Number(status))).map(([status]) => status);
}

function sharedParameters(place: Place): string[] {
  return [
    ...(takesKey(place) ? ["Idempotency-Key"] : []),
    ...(demandsTag(place) ? ["If-Match"] : []),
    ...(isTagged(place) ? ["If-None-Match"] : []),
    ...(place.facts.signed ? signatureHeaders : []),
  ];
}

function withExamples({ content = {}, ...response }: Response): Response {
  const media = Object.entries(content).map(([type, { schema = {}, ...rest }]) => {
    const example = rest.example ?? (rest.examples === undefined ? composeExample(schema) : undefined);
    return [type, { schema, ...rest, ...(example === undefined ? {} : { example }) }] as const;
  });
  return media.length > 0 ? { ...response, content: Object.fromEntries(media) } : response;
}

/** A schema as a caller sees it: what has a default may be left out, though whoever checks finds it filled in. */
function asSent(schema: Schema): Schema {
  const { properties = {}, required, items } = schema;
  return {
    ...schema,
    ...(items ? { items: asSent(items) } : {}),
    ...(schema.properties
      ? { properties: Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, asSent(member)])) }
      : {}),
    ...(required ? { required: required.filter((name) => properties[name]?.default === undefined) } : {}),
  };
}

/** A JSON body is shown whole, unless its route shows another one. */
function bodyAsSent({ content = {}, ...body }: RequestBody): RequestBody {
  const media = Object.entries(content).map(([type, { schema = {}, ...rest }]) => {
    const isShown = rest.example !== undefined || rest.examples !== undefined || type !== "application/json";
    const example = isShown ? undefined : composeExample(schema);
    return [type, { ...rest, schema: asSent(schema), ...(example === undefined ? {} : { example }) }];
  });
  return { ...body, content: Object.fromEntries(media) };
}

function parameterAsSent(parameter: Parameter): Parameter {
  return parameter.schema?.default === undefined ? parameter : { ...parameter, required: false };
}

/** Adds to an operation what is true of all like it: how it is refused, repeated and tagged, and what it answers looks like. */
export function completeOperation(operation: Operation, place: Place): Operation {
  const shared = [
    ...(isTagged(place) ? ["ETag"] : []),
    ...(takesKey(place) ? ["Idempotent-Replayed"] : []),
    ...(place.facts.shopper === "writes" ? ["Set-Cookie"] : []),
    ...(place.facts.unlimited ? [] : limitHeaders),
  ];
  const headers = { ...headerRefs(shared), ...place.facts.answers };
  const succeeded = Object.entries(operation.responses).map(([status, response]) => [
    status,
    { ...withExamples(response), ...(Object.keys(headers).length > 0 ? { headers } : {}) },
  ]);
  const refused = statusesOf(operation, place).map((status) => [
    status,
    { $ref: `#/components/responses/${refusals[status]?.name}` },
  ]);
  const parameters = [
    ...(operation.parameters ?? []).map(parameterAsSent),
    ...sharedParameters(place).map((name) => ({ $ref: `#/components/parameters/${componentName(name)}` })),
  ] as Parameter[];
  return {
    ...operation,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.requestBody ? { requestBody: bodyAsSent(operation.requestBody) } : {}),
    responses: { ...Object.fromEntries(refused), ...Object.fromEntries(succeeded) },
  };
}
