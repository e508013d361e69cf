import { type Static, Type } from "typebox";
import { mediaTypes, thumbnailFormats } from "./image.ts";
import type { ShownImage } from "./showing.ts";

const path = "/api/store/images";
const image = "019ab3c0-7001-7abc-8def-0123456789ab";

const ThumbnailView = Type.Object(
  {
    width: Type.Integer({ examples: [320] }),
    media_type: Type.String({ examples: ["image/webp"] }),
    url: Type.String({ format: "uri-reference", examples: [`${path}/${image}/320.webp`] }),
  },
  { title: "Thumbnail" },
);

/** An image as shoppers see it. */
export const StoreImageView = Type.Object(
  {
    image_id: Type.String({ format: "uuid", examples: [image] }),
    title: Type.String({ examples: ["Sencha in a tin"] }),
    width: Type.Integer({ examples: [1600] }),
    height: Type.Integer({ examples: [1200] }),
    url: Type.String({ format: "uri-reference", examples: [`${path}/${image}`] }),
    thumbnails: Type.Array(ThumbnailView, { description: "Narrower ones first; each width in every format." }),
  },
  { title: "StoreImage" },
);
export type StoreImageView = Static<typeof StoreImageView>;

export function storeImageView({ imageId, title, width, height, thumbnailWidths }: ShownImage): StoreImageView {
  const url = `${path}/${imageId}`;
  return {
    image_id: imageId,
    title,
    width,
    height,
    url,
    thumbnails: [...thumbnailWidths]
      .sort((one, other) => one - other)
      .flatMap((narrow) =>
        thumbnailFormats.map((format) => ({
          width: narrow,
          media_type: mediaTypes[format],
          url: `${url}/${narrow}.${format}`,
        })),
      ),
  };
}
