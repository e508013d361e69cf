import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { FastifyInstance, FastifyRequest, FastifySchemaCompiler } from "fastify";
import { Refusal } from "../platform/errors.ts";
import { bodyTooLarge, elementTooLarge, tooManyElements, unreadableBody, unsupportedType } from "./http-errors.ts";
import { requireBody } from "./require-body.ts";
import { splitJsonArray } from "./split-json-array.ts";
import { type Splitter, splitLines } from "./split-lines.ts";
import { parseStrictJson } from "./strict-json.ts";
import { takenTypes } from "./taken-types.ts";

/** One element of a body, or why it cannot be taken: the others can be all the same. */
export type Element = { readonly value: unknown } | { readonly refusal: Refusal };

export interface ManyLimits {
  readonly bodyBytes: number;
  readonly elementBytes: number;
  readonly elements: number;
}

/** A body of many elements that has not been read yet. */
export interface ManyBody {
  /**
   * Reads it as it arrives and hands over one element after the other; other requests are served in between.
   * @throws http.unreadable_body, http.body_too_large, http.too_many_elements
   */
  read(each: (element: Element) => void): Promise<void>;
}

const stretchMs = 8; // So long the elements of one body may keep everybody else waiting.
const utf8 = /^[^;]*(;\s*charset\s*=\s*("utf-8"|utf-8))?\s*$/i;
const plain = /^(identity)?$/i;

/** NDJSON has no registered name; these are the ones in use. */
export const lineTypes = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

/**
 * Lets the bodies of a plugin's routes be JSON arrays or NDJSON of any length within the limits, and keeps no more of
 * their text than the element that is arriving.
 */
export function readManyBodies(app: FastifyInstance, limits: ManyLimits): void {
  requireBody(app);
  app.removeAllContentTypeParsers();
  const parser = (split: (mostBytes: number) => Splitter, lines: boolean) =>
    async function parse(this: unknown, request: FastifyRequest, stream: Readable): Promise<ManyBody> {
      assertPlainUtf8(request);
      return {
        read: (each) => readStream({ request, stream, limits, split: split(limits.elementBytes), lines }, each),
      };
    };
  app.addContentTypeParser("application/json", parser(splitJsonArray, false));
  app.addContentTypeParser(lineTypes, parser(splitLines, true));
}

/** Checks everything but the body, whose elements are checked one by one as they are read. */
export function exceptBody(compile: FastifySchemaCompiler<object>): FastifySchemaCompiler<object> {
  return (route) => (route.httpPart === "body" ? () => true : compile(route));
}

function assertPlainUtf8(request: FastifyRequest): void {
  const { headers } = request;
  if (!utf8.test(headers["content-type"] ?? "")) throw unsupportedType({ types: takenTypes(request) });
  if (!plain.test(headers["content-encoding"] ?? "")) throw unsupportedType({ types: takenTypes(request) });
}

interface Reading {
  readonly request: FastifyRequest;
  readonly stream: Readable;
  readonly limits: ManyLimits;
  readonly split: Splitter;
  readonly lines: boolean;
}

/**
 * A body that turns out to be wrong is read to its end all the same: who is still sending would not hear why. One that is
 * too large is not.
 */
async function readStream(reading: Reading, each: (element: Element) => void): Promise<void> {
  const { request, stream, limits, split } = reading;
  const hash = request.headers["idempotency-key"] === undefined ? undefined : createHash("sha256");
  const take = elementTaker(reading, each);
  const tooLarge = bodyTooLarge({ limitBytes: limits.bodyBytes });
  if (Number(request.headers["content-length"]) > limits.bodyBytes) throw tooLarge;
  let failure: unknown;
  let bytes = 0;
  // The stream is the connection: whoever leaves the loop still wants to answer on it.
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limits.bodyBytes) throw tooLarge;
    hash?.update(chunk);
    failure ??= await failureOf(() => take(split.push(chunk)));
  }
  failure ??= await failureOf(() => take(split.end()));
  if (failure !== undefined) throw failure;
  request.bodyDigest = hash?.digest();
}

async function failureOf(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

function elementTaker({ limits, lines }: Reading, each: (element: Element) => void) {
  let count = 0;
  let since = performance.now();
  return async (found: readonly (Buffer | "too-long")[]): Promise<void> => {
    for (const bytes of found) {
      if (count >= limits.elements) throw tooManyElements({ most: limits.elements });
      each(readElement(bytes, count, { limitBytes: limits.elementBytes, lines }));
      count += 1;
      if (performance.now() - since < stretchMs) continue;
      await nextTurn();
      since = performance.now();
    }
  };
}

function readElement(
  bytes: Buffer | "too-long",
  index: number,
  { limitBytes, lines }: { limitBytes: number; lines: boolean },
): Element {
  if (bytes === "too-long") return { refusal: elementTooLarge({ limitBytes }) };
  try {
    return { value: parseStrictJson(bytes) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // A line is a text of its own; an array with one bad element is no JSON at all.
    if (lines || error.kind !== "unreadable") return { refusal: error };
    throw unreadableBody({ why: `${error.message} That is said of element ${index}, counted from 0.` });
  }
}
