import { type Static, Type } from "typebox";
import { mediaTypes, type ProductImage } from "./image.ts";

const exampleId = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e90";

/** Where an image is seen. Its id is the only name that it has there, so what an address shows never changes. */
export function imagePath(imageId: string): string {
  return `/api/store/images/${imageId}`;
}

const ThumbnailView = Type.Object(
  {
    width: Type.Integer({ description: "Pixels; a picture that is narrower is as it is.", examples: [320] }),
    webp: Type.String({ description: "The address in WebP.", examples: [`${imagePath(exampleId)}/320.webp`] }),
    avif: Type.String({
      description: "The address in AVIF: smaller, for browsers that know it.",
      examples: [`${imagePath(exampleId)}/320.avif`],
    }),
  },
  { title: "Thumbnail" },
);

/** How an image is shown on a page: its words, and its addresses by width. */
export const PictureView = Type.Object(
  {
    id: Type.String({ format: "uuid", examples: [exampleId] }),
    title: Type.String({ description: "For whoever cannot see it.", examples: ["A tin of sencha"] }),
    width: Type.Integer({ examples: [1600] }),
    height: Type.Integer({ examples: [1200] }),
    url: Type.String({ description: "The whole picture.", examples: [imagePath(exampleId)] }),
    thumbnails: Type.Array(ThumbnailView, { description: "The narrowest first." }),
  },
  { title: "Picture" },
);
export type PictureView = Static<typeof PictureView>;

export const ImageView = Type.Object(
  {
    ...PictureView.properties,
    product_id: Type.String({ format: "uuid" }),
    sort_order: Type.Integer({ description: "The lowest is the product's primary image.", examples: [0] }),
    media_type: Type.String({ description: "Of the whole picture.", examples: [mediaTypes.webp] }),
    bytes: Type.Unsafe<bigint>(Type.Integer({ description: "Of the whole picture.", examples: [48213] })),
    created_at: Type.String({ format: "date-time" }),
  },
  { title: "Image" },
);
export type ImageView = Static<typeof ImageView>;

export const ImageListView = Type.Object(
  {
    data: Type.Array(ImageView, { description: "The primary image first." }),
    next_cursor: Type.Null({ description: "All of them are on one page." }),
  },
  { title: "ImageList" },
);

type Shown = Pick<ProductImage, "imageId" | "title" | "width" | "height" | "thumbnailWidths">;

export function pictureView({ imageId, title, width, height, thumbnailWidths }: Shown): PictureView {
  const url = imagePath(imageId);
  const thumbnails = thumbnailWidths.map((one) => ({
    width: one,
    webp: `${url}/${one}.webp`,
    avif: `${url}/${one}.avif`,
  }));
  return { id: imageId, title, width, height, url, thumbnails };
}

export function imageView(image: ProductImage): ImageView {
  return {
    ...pictureView(image),
    product_id: image.productId,
    sort_order: image.sortOrder,
    media_type: image.mediaType,
    bytes: image.bytes,
    created_at: image.createdAt.toISOString(),
  };
}
