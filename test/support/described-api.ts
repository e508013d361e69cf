/** A parameter of an operation, references resolved. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Media {
  readonly schema?: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

/** A response of an operation, references resolved but for those within schemas. */
export interface DescribedResponse {
  readonly headers?: Readonly<Record<string, object>>;
  readonly content?: Readonly<Record<string, Media>>;
}

/** An operation of the API description. */
export interface Described {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Media | undefined;
  readonly hasBody: boolean;
  /** Who asks is known by an API key; else by cookies, or not at all. */
  readonly takesKey: boolean;
  readonly responses: Readonly<Record<string, DescribedResponse>>;
}

/** An OpenAPI document as its text has it. */
export type ApiDocument = Record<string, unknown> & {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;
  readonly components: Readonly<Record<string, unknown>>;
};

function resolve(document: ApiDocument, node: unknown): unknown {
  const reference = (node as { $ref?: string }).$ref;
  if (reference === undefined) return node;
  const keys = reference.split("/").slice(1);
  return keys.reduce<unknown>((found, key) => (found as Record<string, unknown>)[key], document);
}

function responsesOf(document: ApiDocument, responses: unknown): Record<string, DescribedResponse> {
  const resolved = Object.entries(responses as object).map(([status, response]) => [
    status,
    resolve(document, response),
  ]);
  return Object.fromEntries(resolved);
}

function takesKey(security: unknown): boolean {
  return ((security ?? []) as readonly object[]).some((way) => "bearer" in way);
}

/** Every operation of a document, in its order. */
export function operationsOf(document: ApiDocument): Described[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const body = operation.requestBody as { content?: Record<string, Media> } | undefined;
      return {
        id: String(operation.operationId),
        method: method.toUpperCase(),
        path,
        parameters: ((operation.parameters as object[]) ?? []).map((one) => resolve(document, one) as Parameter),
        body: body?.content?.["application/json"],
        hasBody: body !== undefined,
        takesKey: takesKey(operation.security),
        responses: responsesOf(document, operation.responses),
      };
    }),
  );
}

/** The first example of a parameter or a body; undefined when it has none. */
export function exampleOf({ example, examples = {} }: Pick<Media, "example" | "examples">): unknown {
  return example ?? Object.values(examples)[0]?.value;
}
