import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import multipart from "@fastify/multipart";
import type { FastifyInstance, FastifyRequest, FastifySchemaCompiler } from "fastify";
import { type Fault, Refusal } from "../platform/errors.ts";
import { bodyTooLarge, invalidInput, unreadableBody, unsupportedType } from "./http-errors.ts";
import { pointerOf } from "./pointer.ts";
import { requireBody } from "./require-body.ts";
import { takenTypes } from "./taken-types.ts";

export interface UploadLimits {
  /** The whole body may have so much more than the file. */
  readonly fileBytes: number;
  readonly fieldBytes: number;
}

/** A form with one file in it that has not been read yet. */
export interface UploadBody {
  /**
   * Reads the form as it arrives: hands its file over, and the other parts as their bytes. Returns when all of it is
   * there; what is refused after the file was taken is refused all the same.
   * @throws http.unreadable_body, http.invalid_input, http.body_too_large
   */
  read(taker: UploadTaker): Promise<void>;
}

export interface UploadTaker {
  /** Reads all of the content. Its errors end the upload. */
  file(name: string, content: Readable): Promise<void>;
  /** What to do with the bytes of other parts, by their names; there are no others. */
  readonly fields: Readonly<Record<string, (bytes: Buffer) => void>>;
}

const formType = "multipart/form-data";
const formBytes = 1_048_576; // Boundaries, heads of parts and fields, beside the file.
const mostParts = 10;
const mostHeaders = 20; // Of one part; browsers send two.
const lingerBytes = 16_777_216; // So much of a refused form is still read: who is sending would not hear why.
const longestName = 255;
const plain = /^(identity)?$/i;
const plainEncodings = new Set(["7bit", "8bit", "binary"]);

/** Lets the bodies of a plugin's routes be forms with a file beside JSON; a form is read by its route, and not kept. */
export async function readUploads(app: FastifyInstance, limits: UploadLimits): Promise<void> {
  // Every part is a stream: what a field may be is decided here, and its JSON is read as strictly as any.
  await app.register(multipart, { isPartAFile: () => true, preservePath: true, throwFileSizeLimit: false });
  app.addHook("preValidation", async (request) => {
    if (!request.isMultipart()) return;
    if (!plain.test(request.headers["content-encoding"] ?? "")) throw unsupportedType({ types: takenTypes(request) });
    request.body = { read: (taker) => readUpload(request, limits, taker) } satisfies UploadBody;
  });
  requireBody(app);
}

/** Checks everything but forms, whose parts are checked as they are read. */
export function exceptForms(compile: FastifySchemaCompiler<object>): FastifySchemaCompiler<object> {
  return (route) => {
    const { contentType } = route as { contentType?: string };
    if (route.httpPart !== "body" || contentType !== formType) return compile(route);
    return () => true;
  };
}

async function readUpload(request: FastifyRequest, limits: UploadLimits, taker: UploadTaker): Promise<void> {
  const tooLarge = bodyTooLarge({ limitBytes: limits.fileBytes });
  const mostBytes = limits.fileBytes + formBytes;
  try {
    if (Number(request.headers["content-length"]) > mostBytes) throw tooLarge;
    const excess = watchExcess(request, () => tooLarge, mostBytes);
    await readParts(request, limits, taker, excess);
  } catch (error) {
    await letArrive(request);
    throw error;
  }
}

/** What a form has beside its file nobody counts: preambles have no end of their own. */
interface Excess {
  /** Ends with a refusal when too much has come. */
  readonly reached: Promise<never>;
  /** What should hear of it. */
  reading: Readable | undefined;
}

function watchExcess({ raw }: FastifyRequest, refuse: () => Refusal, mostBytes: number): Excess {
  const { promise: reached, reject } = Promise.withResolvers<never>();
  reached.catch(() => {});
  const excess: Excess = { reached, reading: undefined };
  let bytes = 0;
  const count = (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= mostBytes) return;
    raw.off("data", count);
    excess.reading?.destroy(refuse());
    reject(refuse());
  };
  // Data flows with the first reader, and that is the form's: it comes in this turn.
  raw.on("data", count).pause();
  return excess;
}

async function readParts(
  request: FastifyRequest,
  limits: UploadLimits,
  taker: UploadTaker,
  excess: Excess,
): Promise<void> {
  const partLimits = {
    parts: mostParts,
    files: mostParts,
    headerPairs: mostHeaders,
    fileSize: Number.POSITIVE_INFINITY,
  };
  const parts = request.parts({ limits: partLimits })[Symbol.asyncIterator]();
  const seen = new Set<string>();
  for (;;) {
    const { value: part, done } = await Promise.race([parts.next().catch(refuseForm), excess.reached]);
    if (done) break;
    if (part.type !== "file") continue;
    excess.reading = part.file;
    assertPart(part, seen);
    seen.add(part.fieldname);
    await takePart(part, limits, taker);
  }
  if (!seen.has("file")) throw faulty("file", "Is missing.");
}

interface Part {
  readonly fieldname: string;
  readonly filename: string | undefined;
  readonly encoding: string;
  readonly file: Readable;
}

function faulty(part: string, detail: string): Refusal {
  return invalidInput({ what: "form" }, { faults: [{ pointer: pointerOf([part]), detail } satisfies Fault] });
}

function assertPart({ fieldname, encoding }: Part, seen: ReadonlySet<string>): void {
  if (seen.has(fieldname)) throw faulty(fieldname, "Is there twice.");
  if (!plainEncodings.has(encoding)) throw faulty(fieldname, "Must be sent as it is, without a transfer encoding.");
}

async function takePart(part: Part, limits: UploadLimits, { file, fields }: UploadTaker): Promise<void> {
  const { fieldname, filename = "" } = part;
  if (fieldname === "file") {
    assertFileName(filename);
    await taken(part, file(filename, part.file));
    return;
  }
  const take = Object.hasOwn(fields, fieldname) ? fields[fieldname] : undefined;
  if (take === undefined) throw faulty(fieldname, "There is no such field.");
  take(await taken(part, readField(part, limits.fieldBytes)));
}

/** A name, and no path: nothing is ever kept under it, it is only shown. */
function assertFileName(name: string): void {
  if (name === "") throw faulty("file", "Must have a file name.");
  const isName = name.length <= longestName && !/[\p{Cc}/\\]/u.test(name) && name.isWellFormed();
  if (!isName || /^\.+$/.test(name)) {
    throw faulty("file", `Must have a plain file name of up to ${longestName} characters, without a path.`);
  }
}

async function readField({ fieldname, file }: Part, mostBytes: number): Promise<Buffer> {
  let bytes = 0;
  file.on("data", (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > mostBytes) file.destroy(faulty(fieldname, `Must have at most ${mostBytes} bytes.`));
  });
  return buffer(file);
}

/** What goes wrong with the form itself is its sender's; everything else is told as it is. */
async function taken<Result>({ file }: Part, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refusal || !file.errored) throw error;
    return file.errored instanceof Refusal ? Promise.reject(file.errored) : refuseForm();
  }
}

/** @throws http.unreadable_body */
function refuseForm(): never {
  throw unreadableBody({
    why: "The form cannot be read: it has no boundary, ends too early, or has more parts or headers than are taken.",
  });
}

/** Reads a little of what is still coming and throws it away. */
async function letArrive({ raw }: FastifyRequest): Promise<void> {
  raw.unpipe();
  if (raw.complete || raw.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const most = raw.socket.bytesRead + lingerBytes;
  const look = () => raw.socket.bytesRead > most && resolve();
  raw.on("data", look).once("end", resolve).once("close", resolve);
  raw.resume();
  await promise;
  raw.off("data", look);
}
