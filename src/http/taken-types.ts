import type { FastifyRequest } from "fastify";

/** The media types of bodies that a request's route takes. */
export function takenTypes({ routeOptions }: Pick<FastifyRequest, "routeOptions">): readonly string[] {
  const body = routeOptions.schema?.body as { readonly content?: object } | undefined;
  return body?.content === undefined ? ["application/json"] : Object.keys(body.content);
}
