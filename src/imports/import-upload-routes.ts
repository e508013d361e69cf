import { createHash } from "node:crypto";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { BulkheadRejectedError, bulkhead } from "cockatiel";
import type { FastifyReply, FastifyRequest, FastifySchemaCompiler } from "fastify";
import { type Static, Type } from "typebox";
import { doerOf } from "../audit/index.ts";
import { answerOnce, sendAnswer } from "../http/answer-once.ts";
import { type Answer, keyOf } from "../http/idempotency.ts";
import { exceptForms, readUploads, type UploadBody } from "../http/read-upload.ts";
import { writeJson } from "../http/write-json.ts";
import type { BlobStore } from "../platform/blob-store.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { fingerprintOfOptions } from "./fingerprint.ts";
import { importTooManyUploads } from "./import-errors.ts";
import { ImportOptions } from "./import-options.ts";
import { ImportView, importPath, importView } from "./import-view.ts";
import { type FileKeeper, type KeptFile, withKeptFile } from "./keep-file-flow.ts";
import { readOptionBytes, readOptions } from "./read-options.ts";
import { receiveImport } from "./receive-import.ts";

export interface UploadGround {
  readonly db: Db;
  readonly clock: Clock;
  readonly blobs: BlobStore;
  readonly fileBytes: number;
  /** Files that are taken in at once. */
  readonly uploads: number;
}

/** Slower than any line that a file is sent over; whoever holds a place must use it. */
const pace = { leastBytes: 65_536, withinMs: 30_000 };
const optionsBytes = 262_144; // A mapping of 500 columns has 60 kB.
const retryAfterSeconds = 5;
const statuses = { received: 202, existing: 200 } as const;

const UploadQuery = Type.Object(
  {
    again: Type.Boolean({
      default: false,
      description: "Import a file anew that has an import with these options already.",
      examples: [false],
    }),
  },
  { additionalProperties: false },
);

const BlobBody = Type.Object(
  {
    blob_key: Type.String({
      pattern: "^incoming/",
      maxLength: 500,
      description: "A file below `incoming/` in the store of files. It is copied.",
    }),
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: "What it is called; the end of its key when left out.",
      }),
    ),
    options: Type.Optional(ImportOptions),
  },
  {
    additionalProperties: false,
    title: "ImportOfBlob",
    examples: [{ blob_key: "incoming/orders.csv", options: { source: "webshop", payment: "none" } }],
  },
);

const FormBody = Type.Object(
  {
    file: Type.Unsafe<string>(Type.String({ contentMediaType: "text/csv", description: "The file, with its name." })),
    options: Type.Optional(ImportOptions),
  },
  { title: "ImportForm" },
);

const description = `As a form with the part \`file\`, and optionally \`options\` as JSON; or as JSON with the key of a file that
the store of files has already. The answer is 202: the file is read and checked next, and nothing is placed before the import is
started. A file may take as long as it takes to arrive, at 64 KiB in half a minute at least.

The same file with the same options again is answered with 200 and the import that it has: nothing is doubled.`;

type Request = FastifyRequest<{
  Body: UploadBody | Static<typeof BlobBody>;
  Querystring: Static<typeof UploadQuery>;
}>;

/** What a request asked for, as soon as its file is kept. */
interface Asked {
  readonly kept: KeptFile;
  readonly name: string;
  readonly options: ImportOptions;
}

/** Takes in files of orders. */
export function importUploadRoutes(ground: UploadGround): FastifyPluginAsyncTypebox {
  const places = bulkhead(ground.uploads);
  return async (app) => {
    await readUploads(app, { fileBytes: ground.fileBytes, fieldBytes: optionsBytes });
    app.post<{ Body: UploadBody | Static<typeof BlobBody>; Querystring: Static<typeof UploadQuery> }>(
      "/api/v2/imports",
      {
        config: {
          scope: "imports:write",
          bodyPace: pace,
          refuses: [404],
          answers: {
            Location: { description: "Where the import is.", required: true, schema: { type: "string" } },
          },
        },
        validatorCompiler: exceptForms(app.validatorCompiler as FastifySchemaCompiler<object>),
        schema: {
          tags: ["Imports"],
          operationId: "createImport",
          summary: "Import a file of orders",
          description,
          querystring: UploadQuery,
          body: { content: { "application/json": { schema: BlobBody }, "multipart/form-data": { schema: FormBody } } },
          response: { 200: ImportView, 202: ImportView },
        },
      },
      async (request, reply) => {
        keyOf(request); // Whose key is none hears of it before the file is sent.
        const answer = await places.execute(() => takeIn(ground, request)).catch(refuseCrowd(ground.uploads));
        return sendAnswer(withLocation(reply, answer), answer);
      },
    );
  };
}

function refuseCrowd(most: number): (error: unknown) => never {
  return (error) => {
    throw error instanceof BulkheadRejectedError ? importTooManyUploads({ most }, { retryAfterSeconds }) : error;
  };
}

function withLocation(reply: FastifyReply, { body }: Answer): FastifyReply {
  return reply.header("location", importPath((JSON.parse(body) as { id: string }).id));
}

function takeIn(ground: UploadGround, request: Request): Promise<Answer> {
  const { blobs, clock, fileBytes } = ground;
  const uid = uuidV7(clock.now());
  return withKeptFile(blobs, { uid, mostBytes: fileBytes }, async (keeper) => {
    const { body } = request;
    const asked = "read" in body ? await keepUpload(body, keeper) : await keepBlob(blobs, body, keeper);
    return receive(ground, request, asked);
  });
}

async function keepUpload(body: UploadBody, keeper: FileKeeper): Promise<Asked> {
  let options = readOptions({});
  let file: Pick<Asked, "kept" | "name"> | undefined;
  await body.read({
    file: async (name, content) => {
      file = { name, kept: await keeper.keep(content) };
    },
    fields: {
      options: (bytes) => {
        options = readOptionBytes(bytes);
      },
    },
  });
  // A form without a file has been refused.
  return { ...(file as Pick<Asked, "kept" | "name">), options };
}

async function keepBlob(blobs: BlobStore, body: Static<typeof BlobBody>, keeper: FileKeeper): Promise<Asked> {
  const { blob_key: key, name = key.slice(key.lastIndexOf("/") + 1) } = body;
  const options = readOptions(body.options ?? {});
  return { kept: await keeper.keep(await blobs.read(key)), name, options };
}

/** Has the import written, or finds the one that the file has, under the request's Idempotency-Key if it brought one. */
async function receive(
  { db, clock }: UploadGround,
  request: Request,
  { kept, name, options }: Asked,
): Promise<{ result: Answer; used: boolean }> {
  const optionsHash = fingerprintOfOptions(options);
  const source = options.source ?? request.principal.name;
  // Boundaries differ from one sending to the next: what was sent is the file, its name and how to read it.
  request.bodyDigest = createHash("sha256")
    .update(JSON.stringify([kept.contentHash, name, source, optionsHash]))
    .digest();
  let used = false;
  const by = doerOf(request);
  const answer = await answerOnce(db, request, clock, async (tx, now) => {
    const file = { ...kept, name, source, options, optionsHash, again: request.query.again, by };
    const received = await receiveImport(tx, file, now);
    used = !received.existing;
    const status = received.existing ? statuses.existing : statuses.received;
    return { status, body: writeJson(importView(received.import)) };
  });
  return { result: answer, used: used && !answer.replayed };
}
