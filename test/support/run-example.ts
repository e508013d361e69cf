import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { type ApiDocument, type Described, type DescribedResponse, exampleOf } from "./described-api.ts";
import type { Answered, ServingProcess } from "./serve.ts";
import type { StoreClient } from "./store-client.ts";

/** What stands in for the ids of an example: by the parameter's or the member's name. */
export type Ids = Readonly<Record<string, string | number>>;

/** What an example stands on: ids that exist, and for a shopper's operation whose cookies are sent. */
export interface Ground {
  readonly ids: Ids;
  readonly client?: StoreClient;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that an operation's example describes. */
export interface Example {
  readonly path: string;
  readonly body: unknown;
}

/** Members that an example need not have, since their value comes from an earlier answer. */
const fromAnswers = new Set(["cursor"]);

function fill(example: unknown, ids: Ids): unknown {
  if (Array.isArray(example)) return example.map((element) => fill(element, ids));
  if (typeof example !== "object" || example === null) return example;
  const members = Object.entries(example).map(([name, value]) => [name, ids[name] ?? fill(value, ids)]);
  return Object.fromEntries(members);
}

/** The request of an operation's own example, with ids that exist in place of those that are shown. */
export function requestOf({ path, parameters, body }: Described, ids: Ids): Example {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(ids[name] ?? "")));
  const query = parameters
    .filter((parameter) => parameter.in === "query" && !fromAnswers.has(parameter.name))
    .map(({ name, ...parameter }) => [name, ids[name] ?? exampleOf(parameter)] as const)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return { path: query.length > 0 ? `${filled}?${query.join("&")}` : filled, body: body && fill(exampleOf(body), ids) };
}

/** Asks for a path whose answer does not end by itself, and goes away after its first words. */
export async function hearBeginning(server: ServingProcess, path: string): Promise<Answered> {
  const ended = new AbortController();
  const response = await fetch(`${server.address}${path}`, {
    headers: { authorization: `Bearer ${server.apiKey}` },
    signal: ended.signal,
  });
  const chunk = await response.body?.getReader().read();
  ended.abort();
  return { status: response.status, headers: response.headers, text: new TextDecoder().decode(chunk?.value) };
}

/** A function that says what in an answer is not as its operation describes it. */
export function answerChecker(document: ApiDocument): (operation: Described, answer: Answered) => string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);

  function bodyFaults({ content }: DescribedResponse, { headers, text }: Answered): string[] {
    if (content === undefined) return text === "" ? [] : [`A body is not described: ${text}`];
    const type = headers.get("content-type")?.split(";", 1)[0] ?? "";
    const schema = content[type]?.schema;
    if (schema === undefined) return [`The content type ${type} is not described.`];
    const check = ajv.compile({ ...schema, components: document.components });
    const body = type.endsWith("json") ? JSON.parse(text) : text;
    return check(body) ? [] : [`${ajv.errorsText(check.errors)}: ${text}`];
  }

  return ({ responses }, answer) => {
    const described = responses[answer.status];
    if (described === undefined) return [`The status ${answer.status} is not described: ${answer.text}`];
    const missing = Object.entries(described.headers ?? {})
      .filter(([name, header]) => isRequired(document, header) && answer.headers.get(name) === null)
      .map(([name]) => `The header ${name} is missing.`);
    return [...missing, ...bodyFaults(described, answer)];
  };
}

function isRequired({ components }: ApiDocument, header: object): boolean {
  const name = (header as { $ref?: string }).$ref?.split("/").at(-1);
  const shared = (components.headers ?? {}) as Record<string, { required?: boolean }>;
  return ((name === undefined ? header : shared[name]) as { required?: boolean }).required === true;
}
