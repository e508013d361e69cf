/** What a JSON schema of the description can have, as far as values are made from it. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly example?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header" | "cookie";
  readonly required: boolean;
  readonly schema: Schema;
}

/** How whoever asks is known: by an API key, by the cookies of a shopper, by those of a user, or not at all. */
export type Asker = "key" | "shopper" | "user" | "nobody";

export interface Operation {
  readonly id: string;
  readonly method: string;
  /** With `{name}` for each parameter. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | undefined;
  /** By status or `default`, then by media type; no media type for an answer without a body. */
  readonly answers: ReadonlyMap<string, ReadonlyMap<string, Schema>>;
  readonly asker: Asker;
  /** It takes an Idempotency-Key. */
  readonly keyed: boolean;
}

/** A description as it is served. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const methods = ["get", "post", "put", "patch", "delete"] as const;

interface Content {
  readonly content?: Readonly<Record<string, Media>>;
}

interface Media {
  readonly schema?: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value?: unknown }>>;
}

interface Written {
  readonly operationId?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly (Omit<Parameter, "required" | "schema"> & Media & { readonly required?: boolean })[];
  readonly requestBody?: Content;
  readonly responses?: Readonly<Record<string, Content>>;
}

/** Puts what a reference names in its place. What contains itself ends in a schema that takes anything. */
function resolve(value: unknown, document: object, within: readonly string[] = []): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => resolve(element, document, within));
  const { $ref, ...rest } = value as { $ref?: unknown };
  if (typeof $ref === "string") {
    if (within.includes($ref)) return {};
    return { ...(resolve(named(document, $ref), document, [...within, $ref]) as object), ...rest };
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolve(member, document, within)]));
}

function named(document: object, reference: string): unknown {
  const steps = reference.replace(/^#\//, "").split("/");
  let found: unknown = document;
  for (const step of steps) {
    const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    found = (found as Record<string, unknown> | undefined)?.[name];
  }
  if (found === undefined) throw new Error(`The description names ${reference}, which it has not.`);
  return found;
}

/** The schema with the examples that stand beside it. */
function withExamples({ schema = {}, example, examples = {} }: Media): Schema {
  const beside = [example, ...Object.values(examples).map(({ value }) => value)].filter((one) => one !== undefined);
  return beside.length === 0 ? schema : { ...schema, examples: [...(schema.examples ?? []), ...beside] };
}

function answersOf(responses: Written["responses"] = {}): Operation["answers"] {
  return new Map(
    Object.entries(responses).map(([status, { content = {} }]) => [
      status,
      new Map(Object.entries(content).map(([type, { schema = {} }]) => [type, schema])),
    ]),
  );
}

function askerOf(security: readonly object[] = []): Asker {
  if (security.length === 0) return "nobody";
  if (security.some((way) => "bearer" in way)) return "key";
  return security.some((way) => Object.keys(way).length === 0) ? "shopper" : "user";
}

function operationOf(method: string, path: string, written: Written): Operation {
  const { parameters = [], requestBody, responses, security, operationId } = written;
  const body = requestBody?.content?.["application/json"];
  return {
    id: operationId ?? `${method} ${path}`,
    method: method.toUpperCase(),
    path,
    parameters: parameters.map((one) => ({ ...one, required: one.required === true, schema: withExamples(one) })),
    body: body && withExamples(body),
    answers: answersOf(responses),
    asker: askerOf(security),
    keyed: parameters.some(({ name }) => name === "Idempotency-Key"),
  };
}

/** Every operation that a description has. */
export function readOperations(document: ApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) => {
    const { parameters: common = [], ...rest } = resolve(item, document) as Record<string, unknown> &
      Pick<Written, "parameters">;
    return methods
      .filter((method) => method in rest)
      .map((method) => {
        const written = rest[method] as Written;
        return operationOf(method, path, { ...written, parameters: [...common, ...(written.parameters ?? [])] });
      });
  });
}
