import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { isUnavailable, Refusal } from "../platform/errors.ts";
import { lostRace, wasCollision } from "../platform/races.ts";
import {
  bodyTooLarge,
  malformedRequest,
  malformedUrl,
  routeNotFound,
  unavailable,
  unreadableBody,
  unsupportedType,
} from "./http-errors.ts";
import { type Problem, problemView, unexpectedProblemView } from "./problem-view.ts";
import { takenTypes } from "./taken-types.ts";

const retryAfterSeconds = 1; // A restarted database is back within a few; who asks each second finds it soon.

/** Statements that PostgreSQL ended since something else took too long: lock timeout, statement timeout. */
const tookTooLong = new Set(["55P03", "57014"]);

/** Whether asking again is the right answer: the database is away, or others were in the way at each of the tries. */
function mayPass(error: Error): boolean {
  return isUnavailable(error) || tookTooLong.has(codeOf(error)) || wasCollision(error) || lostRace(error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** What the server's own refusals are called outside. */
function ofServer(
  error: FastifyError,
  { limitBytes, types }: { limitBytes: number; types: readonly string[] },
): Refusal | undefined {
  switch (error.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return bodyTooLarge({ limitBytes });
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return unsupportedType({ types });
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return unreadableBody({ why: "The body is not as long as its Content-Length says." });
    case "FST_ERR_BAD_URL":
      return malformedUrl({});
    case "FST_ERR_MAX_PARAM_LENGTH":
      return routeNotFound({});
  }
  const { statusCode = 0 } = error;
  return statusCode >= 400 && statusCode < 500 ? malformedRequest({}) : undefined;
}

function refusalOf(error: FastifyError | Refusal, request: FastifyRequest): Refusal | undefined {
  const { raw, routeOptions } = request;
  if (error instanceof Refusal) return error;
  // The client went away in the middle of its body. Its code is the one of a database that did.
  if (raw.errored === error) return malformedRequest({});
  if (mayPass(error)) return unavailable({}, { retryAfterSeconds });
  return ofServer(error, { limitBytes: routeOptions.bodyLimit, types: takenTypes(request) });
}

/** The path of a request; its query may hold what does not belong into an answer or a log. */
function pathOf(request: FastifyRequest): string {
  return request.raw.url?.split("?", 1)[0] ?? "";
}

function send(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .headers({ ...problem.headers })
    .send(problem.body);
}

/** Answers a request with the problem document of whatever was thrown; a fault of ours is logged under the request's id. */
export function answerError(error: FastifyError | Refusal, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const at = { path: pathOf(request), requestId: request.id };
  const refusal = refusalOf(error, request);
  if (refusal) {
    if (refusal.kind === "unavailable") request.log.warn({ err: error }, "unavailable");
    // What is still being sent of such a body is read by nobody.
    if (refusal.kind === "too-large" && !request.raw.complete) reply.header("connection", "close");
    return send(reply, problemView(refusal, at));
  }
  request.log.error({ err: error }, "unexpected");
  return send(reply, unexpectedProblemView(at));
}
