import type { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { matchesWeakly, parseTags } from "../http/entity-tag.ts";
import type { BlobStore } from "../platform/blob-store.ts";
import type { Sql } from "../platform/db.ts";
import { getThumbnail, getWhole, type Picture } from "./find-picture.ts";
import { thumbnailFormats, thumbnailWidths } from "./image.ts";

const tags = ["Store catalogue"];
const longestName = 64;

/** An id is never given to another picture, so what an address shows is kept for as long as caches keep anything. */
const forEver = "public, max-age=31536000, immutable";

const headers = {
  "cache-control": forEver,
  // Pages of other hosts show the shop's pictures, too. The policy that every answer has lets them run nothing.
  "cross-origin-resource-policy": "cross-origin",
};

const answers = {
  "Cache-Control": { description: "The picture never changes.", required: true, schema: { type: "string" } },
};

const picture = Type.Unsafe<Readable>(Type.String({ contentEncoding: "binary", examples: ["…"] }));

const ImageParam = {
  image_id: Type.String({
    maxLength: longestName,
    description: "The image's UUID.",
    examples: ["019ab3c0-7001-7abc-8def-0123456789ab"],
  }),
};

const names = thumbnailWidths.flatMap((width) => thumbnailFormats.map((format) => `${width}.${format}`));

/** Where pictures are found. */
export interface PictureShelf {
  readonly db: Sql;
  readonly blobs: BlobStore;
}

/** Says how long the picture is, so that whoever keeps it knows when the connection broke. */
async function answerPicture(
  request: FastifyRequest,
  reply: FastifyReply,
  blobs: BlobStore,
  { key, mediaType, tag }: Picture,
): Promise<FastifyReply> {
  const named = parseTags(request.headers["if-none-match"] ?? "");
  if (named !== undefined && matchesWeakly(named, tag))
    return reply
      .headers({ ...headers, etag: tag })
      .code(304)
      .send();
  const [found, content] = [await blobs.find(key), await blobs.read(key)];
  reply.headers({ ...headers, etag: tag, "content-length": found?.bytes ?? 0 }).type(mediaType);
  return reply.send(content);
}

/** Pictures for whoever looks at the shop. */
export function storeImageRoutes({ db, blobs }: PictureShelf): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get("/api/store/images/:image_id", {
      config: { open: true, answers },
      schema: {
        tags,
        operationId: "getPicture",
        summary: "See a picture whole",
        description: "It was made from what was uploaded, in WebP with 2,560 pixels on its longer side at most.",
        params: Type.Object(ImageParam),
        response: { 200: { description: "The picture.", content: { "image/webp": { schema: picture } } } },
      },
      async handler(request, reply) {
        return answerPicture(request, reply, blobs, await getWhole(db, request.params.image_id));
      },
    });

    app.get("/api/store/images/:image_id/:file", {
      config: { open: true, answers },
      schema: {
        tags,
        operationId: "getThumbnail",
        summary: "See a picture in one of its smaller widths",
        description: "There are those that are not wider than the picture, and the smallest always.",
        params: Type.Object({
          ...ImageParam,
          file: Type.String({
            maxLength: longestName,
            description: `The width and the format: ${names.join(", ")}.`,
            examples: ["320.webp"],
          }),
        }),
        response: {
          200: {
            description: "The picture.",
            content: { "image/webp": { schema: picture }, "image/avif": { schema: picture } },
          },
        },
      },
      async handler(request, reply) {
        const { image_id: image, file } = request.params;
        return answerPicture(request, reply, blobs, await getThumbnail(db, image, file));
      },
    });
  };
}
