import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { doerOf } from "../audit/index.ts";
import { answerMatched } from "../http/answer-matched.ts";
import { sendAnswer } from "../http/answer-once.ts";
import { answerWithTag } from "../http/match-request.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { changeImage } from "./change-image.ts";
import { deleteImage } from "./delete-image.ts";
import { findImagesOf, getImageOf, holdImage, type ImageNamed } from "./find-images.ts";
import { longestImageTitle, mostSortOrder } from "./image.ts";
import { ImageListParams, ImageParams } from "./image-params.ts";
import { ImageListView, ImageView, imageView } from "./product-image-view.ts";

const tags = ["Catalogue"];
const path = "/api/v2/products/:id/images/:image_id";

const ChangeBody = Type.Object(
  {
    title: Type.Optional(
      Type.String({ maxLength: longestImageTitle, pattern: "^\\P{Cc}*$", examples: ["A tin of sencha"] }),
    ),
    sort_order: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: mostSortOrder,
        description: "The lowest is the product's primary image.",
        examples: [0],
      }),
    ),
  },
  { additionalProperties: false, minProperties: 1, title: "ImageChange", examples: [{ sort_order: 0 }] },
);

function named({ id, image_id: image }: { id: string; image_id: string }): ImageNamed {
  return { product: id, image };
}

/** The pictures of products: to see what there are, to put them in order, to take them away. */
export function imageRoutes({ db, clock }: { db: Db; clock: Clock }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get("/api/v2/products/:id/images", {
      config: { scope: "catalog:read" },
      schema: {
        tags,
        operationId: "listImages",
        summary: "List the pictures of a product, the primary one first",
        params: ImageListParams,
        response: { 200: ImageListView },
      },
      async handler({ params }) {
        return { data: (await findImagesOf(db, params.id)).map(imageView), next_cursor: null };
      },
    });

    app.get(path, {
      config: { scope: "catalog:read" },
      schema: {
        tags,
        operationId: "getImage",
        summary: "Read one picture of a product",
        params: ImageParams,
        response: { 200: ImageView },
      },
      async handler(request, reply) {
        return answerWithTag(request, reply, imageView(await getImageOf(db, named(request.params))));
      },
    });

    app.patch(path, {
      config: { scope: "catalog:write" },
      schema: {
        tags,
        operationId: "changeImage",
        summary: "Change the title of a picture, or its place among those of its product",
        params: ImageParams,
        body: ChangeBody,
        response: { 200: ImageView },
      },
      async handler(request, reply) {
        const asked = named(request.params);
        const { title, sort_order: sortOrder } = request.body;
        const change = { ...(title === undefined ? {} : { title }), ...(sortOrder === undefined ? {} : { sortOrder }) };
        const answer = await answerMatched(db, request, clock, {
          seen: async (tx) => imageView(await holdImage(tx, asked)),
          work: async (tx, now) => imageView(await changeImage(tx, { ...asked, change, by: doerOf(request) }, now)),
        });
        return sendAnswer(reply, answer);
      },
    });

    app.delete(path, {
      config: { scope: "catalog:write" },
      schema: {
        tags,
        operationId: "deleteImage",
        summary: "Take a picture away",
        description: "Nobody sees it any more from now on, but for caches that have it; its files go within moments.",
        params: ImageParams,
        response: { 204: Type.Null({ description: "It is gone." }) },
      },
      async handler(request, reply) {
        const asked = named(request.params);
        const answer = await answerMatched(db, request, clock, {
          seen: async (tx) => imageView(await holdImage(tx, asked)),
          work: (tx, now) => deleteImage(tx, { ...asked, by: doerOf(request) }, now),
        });
        return sendAnswer(reply, answer);
      },
    });
  };
}
