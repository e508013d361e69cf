import swagger from "@fastify/swagger";
import type { FastifyInstance, FastifySchema, RouteOptions } from "fastify";
import { answerHeaders, componentName, refusals, requestHeaders, securitySchemes } from "./api-components.ts";
import { completeOperation, type Operation, type RouteFacts } from "./complete-operation.ts";
import { nameSchemas } from "./name-schemas.ts";

/** How the API is called in its own description. */
export interface ApiTitle {
  readonly title: string;
  readonly version: string;
  /** What the routes are grouped by, each with a sentence about it. */
  readonly tags?: Readonly<Record<string, string>>;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** For the API description: statuses of refusal beyond those that follow from what the route is. */
    refuses?: readonly number[];
    /** For the API description: it is about one resource that has a tag, though no id ends its address; or it is not. */
    tagged?: boolean;
    /** For the API description: headers of the answer beyond those that all routes like it have. */
    answers?: Readonly<Record<string, object>>;
  }
}

type Operations = Record<string, Operation & { [factsKey]?: RouteFacts }>;

interface Document {
  readonly paths?: Readonly<Record<string, Operations>>;
  readonly components?: object;
}

/** Carries what a route says of itself through the plugin, which passes such members on; it is not printed. */
const factsKey = "x-route";

const introduction = [
  "Amounts: v1 has decimal numbers in major units (`89800.0`), everything else integer minor units (`89800` yen, `1234` is",
  "1.234 dinars). No amount exceeds 10^15 − 1 minor units, so a JavaScript number holds every one exactly.",
  "Times are RFC 3339 in UTC. Errors are problem documents (RFC 9457) with a stable `code`.",
].join("\n");

/** What the plugin makes of a route: who may ask is said here, the rest when all of its parts are there. */
function completeSchema(schema: FastifySchema = {}, { config }: RouteOptions): FastifySchema {
  const { scope, shopper, keyless, unlimited, signed, tagged, refuses, answers } = config ?? {};
  const facts: RouteFacts = { scope, shopper, keyless, unlimited, signed, tagged, refuses, answers };
  const said = { ...schema, [factsKey]: facts };
  if (shopper !== undefined) {
    const known = [{ session: [] }, { shopper: [] }];
    return { ...said, security: shopper === "user" ? [{ session: [] }] : [{}, ...known] };
  }
  if (scope === undefined) return { ...said, security: [] };
  return {
    ...said,
    description: [schema.description, `Needs the scope \`${scope}\`.`].filter(Boolean).join("\n\n"),
    security: [{ bearer: [] }, { apiKey: [] }, { session: [] }],
  };
}

function completeOperations(path: string, operations: Operations): Record<string, Operation> {
  const completed = Object.entries(operations).map(([method, { [factsKey]: facts = {}, ...operation }]) => [
    method,
    completeOperation(operation, { method, path, facts }),
  ]);
  return Object.fromEntries(completed);
}

/** Those of the shared parts that something refers to. */
function usedParts(kind: string, parts: Readonly<Record<string, object>>, printed: string): object {
  const used = Object.entries(parts).filter(([name]) => printed.includes(`"#/components/${kind}/${name}"`));
  return used.length > 0 ? { [kind]: Object.fromEntries(used) } : {};
}

function byComponentName(parts: Readonly<Record<string, object>>): Record<string, object> {
  return Object.fromEntries(Object.entries(parts).map(([header, part]) => [componentName(header), part]));
}

const responses = Object.fromEntries(Object.values(refusals).map(({ name, response }) => [name, response]));

/** Completes every operation, and prints what many have in common once. */
function completeDocument({ paths = {}, components, ...document }: Document): Document {
  const completed = Object.fromEntries(
    Object.entries(paths).map(([path, operations]) => [path, completeOperations(path, operations)]),
  );
  const schemas = {};
  const named = nameSchemas(completed, schemas) as Document["paths"];
  const used = usedParts("responses", responses, JSON.stringify(named));
  const answers = nameSchemas(used, schemas) as object;
  const printed = JSON.stringify([named, answers]);
  return {
    ...document,
    ...(named ? { paths: named } : {}),
    components: {
      ...components,
      schemas,
      ...usedParts("parameters", byComponentName(requestHeaders), printed),
      ...usedParts("headers", byComponentName(answerHeaders), printed),
      ...answers,
    },
  };
}

/** Collects the description of every route that is registered after it, as OpenAPI 3.1. */
export async function describeApi(app: FastifyInstance, { title, version, tags = {} }: ApiTitle): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title, version, description: introduction, license: { name: "MIT", identifier: "MIT" } },
      servers: [{ url: "/", description: "Where this description was read." }],
      tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
      components: { securitySchemes },
    },
    convertConstToEnum: false,
    transform: ({ schema, url, route }) => ({ schema: completeSchema(schema, route), url }),
    transformObject: (described) =>
      "openapiObject" in described ? (completeDocument(described.openapiObject as Document) as object) : described,
  });
}
