import type { FastifyReply, FastifyRequest } from "fastify";
import { entityTag, matchesStrongly, matchesWeakly, type NamedTags, parseTags, tagOfText } from "./entity-tag.ts";
import { ifMatchInvalid, preconditionFailed } from "./http-errors.ts";

/** The tags of which a write's `If-Match` demands one. */
export type IfMatch = NamedTags;

/**
 * Answers one resource with its tag; 304 without it when the reader named that tag in `If-None-Match`. One that cannot
 * be read is passed over: the whole answer is never wrong.
 */
export function answerWithTag<View>(request: FastifyRequest, reply: FastifyReply, view: View): View | FastifyReply {
  const tag = entityTag(view);
  reply.header("etag", tag);
  return isKnown(request, tag) ? reply.code(304).send() : view;
}

/**
 * As `answerWithTag`, for a resource that is written already, as `writeJson` does: the serializer of a schema takes no
 * bigint where there may be null.
 */
export function answerTextWithTag(request: FastifyRequest, reply: FastifyReply, text: string): FastifyReply {
  const tag = tagOfText(text);
  reply.header("etag", tag);
  if (isKnown(request, tag)) return reply.code(304).send();
  return reply.type("application/json; charset=utf-8").send(text);
}

/** Whether the reader has the state of this tag already, as `If-None-Match` says. */
export function isKnown(request: FastifyRequest, tag: string): boolean {
  const header = request.headers["if-none-match"];
  const named = header === undefined ? undefined : parseTags(header);
  return named !== undefined && matchesWeakly(named, tag);
}

/**
 * What a write's `If-Match` demands; undefined when it brought none and goes ahead whatever the state is. One that
 * cannot be read is refused: the write would go ahead against its sender's will.
 * @throws http.if_match_invalid
 */
export function ifMatchOf(request: FastifyRequest): IfMatch | undefined {
  const text = request.headers["if-match"];
  if (text === undefined) return undefined;
  const named = parseTags(text);
  if (named === undefined) throw ifMatchInvalid({});
  return named;
}

/**
 * Makes sure that a resource is as its writer saw it. Takes what `GET` would answer just now, read in the transaction
 * of the write and under the resource's lock; else somebody could change it in between.
 * @throws http.precondition_failed
 */
export function assertMatch(ifMatch: IfMatch | undefined, view: unknown): void {
  if (ifMatch !== undefined && !matchesStrongly(ifMatch, entityTag(view))) throw preconditionFailed({});
}
