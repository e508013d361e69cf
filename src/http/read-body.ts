import type { FastifyInstance, FastifyRequest } from "fastify";
import { unreadableBody, unsupportedType } from "./http-errors.ts";
import { parseStrictJson } from "./strict-json.ts";
import { takenTypes } from "./taken-types.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The body as it came over the wire, which signatures and idempotency keys are about. */
    bodyBytes: Buffer | undefined;
    /** In place of the bytes, where a body was not kept whole: its SHA-256. */
    bodyDigest: Buffer | undefined;
  }
}

const json = /^application\/json(\s*;\s*charset\s*=\s*("utf-8"|utf-8))?\s*$/i;

/** Nothing is unpacked: a small body could become a large one. */
const plain = /^(identity)?$/i;

function readBody(request: FastifyRequest, bytes: Buffer): unknown {
  if (!json.test(request.headers["content-type"] ?? "")) throw unsupportedType({ types: takenTypes(request) });
  if (!plain.test(request.headers["content-encoding"] ?? "")) throw unsupportedType({ types: takenTypes(request) });
  request.bodyBytes = bytes;
  if (bytes.length > 0) return parseStrictJson(bytes);
  // Clients name the type of a body that they don't send, with DELETE above all.
  if (request.routeOptions.schema?.body === undefined) return undefined;
  throw unreadableBody({ why: "The body is empty." });
}

/** Lets bodies be JSON in UTF-8 and nothing else, read strictly. */
export function readBodies(app: FastifyInstance): void {
  app.decorateRequest("bodyBytes", undefined);
  app.decorateRequest("bodyDigest", undefined);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, async (request: FastifyRequest, bytes: Buffer) =>
    readBody(request, bytes),
  );
}
