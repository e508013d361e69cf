import { createHash } from "node:crypto";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { BulkheadRejectedError, bulkhead } from "cockatiel";
import type { FastifyRequest, FastifySchemaCompiler } from "fastify";
import { type Static, Type } from "typebox";
import { doerOf } from "../audit/index.ts";
import { answerOnce, sendAnswer } from "../http/answer-once.ts";
import { type Answer, keyOf } from "../http/idempotency.ts";
import { exceptForms, readUploads, type UploadBody } from "../http/read-upload.ts";
import { writeJson } from "../http/write-json.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { type AddedImage, addImage } from "./add-image.ts";
import { findSameImage } from "./find-images.ts";
import { longestImageTitle, mostImageBytes, mostSortOrder } from "./image.ts";
import { imagesTooManyAtOnce } from "./image-errors.ts";
import { ImageListParams } from "./image-params.ts";
import { type PictureGround, withKeptPicture } from "./keep-picture-flow.ts";
import { ImageView, imageView } from "./product-image-view.ts";
import { type TakenPicture, takeBlob, takeForm } from "./take-picture-flow.ts";

export interface ImageGround extends PictureGround {
  readonly db: Db;
  readonly clock: Clock;
}

/** Slower than any line that a picture is sent over; whoever holds a place must use it. */
const pace = { leastBytes: 65_536, withinMs: 30_000 };
const uploadsAtOnce = 4; // Each is whole in memory: 80 MB at most.
const fieldBytes = 4_096;
const retryAfterSeconds = 5;
const statuses = { added: 201, existing: 200 } as const;

const fields = {
  title: Type.Optional(
    Type.String({
      maxLength: longestImageTitle,
      pattern: "^\\P{Cc}*$",
      description: "What is to be seen, for whoever cannot see it.",
      examples: ["A tin of sencha"],
    }),
  ),
  sort_order: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: mostSortOrder,
      description: "The lowest is the product's primary image. Behind the last when left out.",
      examples: [0],
    }),
  ),
};

const BlobBody = Type.Object(
  {
    blob_key: Type.String({
      pattern: "^incoming/",
      maxLength: 500,
      description: "A file below `incoming/` in the store of files. It stays there.",
    }),
    ...fields,
  },
  {
    additionalProperties: false,
    title: "ImageOfBlob",
    examples: [{ blob_key: "incoming/sencha.jpg", title: "A tin of sencha" }],
  },
);
type BlobBody = Static<typeof BlobBody>;

const FormBody = Type.Object(
  {
    file: Type.Unsafe<string>(
      Type.String({ contentMediaType: "image/*", description: "The picture, with any file name." }),
    ),
    ...fields,
  },
  { additionalProperties: false, title: "ImageUpload", required: ["file"] },
);

const description = `Takes a JPEG, PNG, WebP, AVIF or GIF of up to ${mostImageBytes / 1_000_000} MB and 64 megapixels, as a form with
\`file\`, or as JSON with the key of a file that the store of files has already. What it is, is decided by decoding it. Of a GIF or
WebP that moves the first picture is taken. It is turned upright, brought to sRGB and to 2,560 pixels at most, and what a camera writes
beside it (place, time, device) is thrown away; what was sent is never served.

The same file for the same product again is answered with 200 and the image that it is: nothing is doubled.`;

type Request = FastifyRequest<{ Body: UploadBody | BlobBody; Params: Static<typeof ImageListParams> }>;

/** Takes in pictures of products. */
export function imageUploadRoutes(ground: ImageGround): FastifyPluginAsyncTypebox {
  const places = bulkhead(uploadsAtOnce);
  return async (app) => {
    await readUploads(app, { fileBytes: mostImageBytes, fieldBytes });
    app.post<{ Body: UploadBody | BlobBody; Params: Static<typeof ImageListParams> }>(
      "/api/v2/products/:id/images",
      {
        config: { scope: "catalog:write", bodyPace: pace },
        validatorCompiler: exceptForms(app.validatorCompiler as FastifySchemaCompiler<object>),
        schema: {
          tags: ["Catalogue"],
          operationId: "addImage",
          summary: "Add a picture to a product",
          description,
          params: ImageListParams,
          body: { content: { "application/json": { schema: BlobBody }, "multipart/form-data": { schema: FormBody } } },
          response: { 200: ImageView, 201: ImageView },
        },
      },
      async (request, reply) => {
        keyOf(request); // Whose key is none hears of it before the file is sent.
        return sendAnswer(reply, await places.execute(() => takeIn(ground, request)).catch(refuseCrowd));
      },
    );
  };
}

function refuseCrowd(error: unknown): never {
  if (error instanceof BulkheadRejectedError) throw imagesTooManyAtOnce({ most: uploadsAtOnce }, { retryAfterSeconds });
  throw error;
}

async function takeIn(ground: ImageGround, request: Request): Promise<Answer> {
  const { body, params } = request;
  const taken = "read" in body ? await takeForm(body) : await takeBlob(ground.blobs, body);
  const { contentHash, title, sortOrder } = taken;
  // Boundaries differ from one sending to the next: what was sent is the picture and its words.
  request.bodyDigest = createHash("sha256")
    .update(JSON.stringify([contentHash, title, sortOrder ?? null]))
    .digest();
  const same = await findSameImage(ground.db, { product: params.id, contentHash });
  if (same) return answerOnce(ground.db, request, ground.clock, async () => answerOf({ image: same, existing: true }));
  return keepAndAdd(ground, request, taken);
}

function answerOf({ image, existing }: AddedImage): Answer {
  return { status: existing ? statuses.existing : statuses.added, body: writeJson(imageView(image)) };
}

function keepAndAdd(ground: ImageGround, request: Request, taken: TakenPicture): Promise<Answer> {
  const { db, clock } = ground;
  const { content, contentHash, title, sortOrder } = taken;
  const imageId = uuidV7(clock.now());
  return withKeptPicture(ground, { imageId, content }, async (kept) => {
    let used = false;
    const answer = await answerOnce(db, request, clock, async (tx, now) => {
      const asked = { product: request.params.id, contentHash, title, sortOrder, kept, by: doerOf(request) };
      const added = await addImage(tx, asked, now);
      used = !added.existing;
      return answerOf(added);
    });
    return { result: answer, used: used && !answer.replayed };
  });
}
