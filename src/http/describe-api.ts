import swagger from "@fastify/swagger";
import type { FastifyInstance, FastifySchema, RouteOptions } from "fastify";
import { Type } from "typebox";

/** How the API is called in its own description. */
export interface ApiTitle {
  readonly title: string;
  readonly version: string;
}

/** Any error, as RFC 9457 has it, with our own members. */
const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    instance: Type.Optional(Type.String()),
    request_id: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }))),
  },
  { description: "What went wrong, as a problem document (RFC 9457)." },
);

const problemAnswer = {
  description: "Refused, or failed.",
  content: { "application/problem+json": { schema: Problem } },
};

const idempotencyHeader = Type.Object({
  "idempotency-key": Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: "The same key with the same request gets the same answer for 24 hours, and nothing is done twice.",
    }),
  ),
});

const writes = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** Adds to a route's own description what is true of all routes: who may ask, what errors look like, how writes are repeated. */
function completeSchema(schema: FastifySchema = {}, route: RouteOptions): FastifySchema {
  const { scope } = route.config ?? {};
  const response = { default: problemAnswer, ...(schema.response as object | undefined) };
  if (scope === undefined) return { ...schema, response, security: [] };
  const method = String(route.method);
  return {
    ...schema,
    response,
    description: [schema.description, `Needs the scope \`${scope}\`.`].filter(Boolean).join("\n\n"),
    security: [{ bearer: [] }, { apiKey: [] }],
    ...(writes.has(method) && schema.headers === undefined ? { headers: idempotencyHeader } : {}),
  };
}

/** Collects the description of every route that is registered after it, as OpenAPI 3.1. */
export async function describeApi(app: FastifyInstance, { title, version }: ApiTitle): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title, version },
      servers: [{ url: "/", description: "Where this description was read." }],
      components: {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer", description: "An API key." },
          apiKey: {
            type: "apiKey",
            in: "header",
            name: "X-Api-Key",
            description: "The same API key in its own header.",
          },
        },
      },
    },
    convertConstToEnum: false,
    transform: ({ schema, url, route }) => ({ schema: completeSchema(schema, route), url }),
  });
}
