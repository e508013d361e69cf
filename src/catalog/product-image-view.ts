import { type Static, Type } from "typebox";
import { mediaTypes, type ProductImage } from "./image.ts";
import { StoreImageView, storeImageView } from "./image-view.ts";

const { image_id: id, title, width, height, url, thumbnails } = StoreImageView.properties;

/** An image as the back office keeps it. */
export const ImageView = Type.Object(
  {
    id,
    product_id: Type.String({ format: "uuid" }),
    title,
    sort_order: Type.Integer({ description: "The lowest is the product's primary image.", examples: [0] }),
    media_type: Type.String({ description: "Of the whole picture.", examples: [mediaTypes.webp] }),
    bytes: Type.Unsafe<bigint>(Type.Integer({ description: "Of the whole picture.", examples: [48213] })),
    width,
    height,
    url,
    thumbnails,
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

export function imageView(image: ProductImage): ImageView {
  const { image_id, ...shown } = storeImageView(image);
  return {
    id: image_id,
    product_id: image.productId,
    ...shown,
    sort_order: image.sortOrder,
    media_type: image.mediaType,
    bytes: image.bytes,
    created_at: image.createdAt.toISOString(),
  };
}
