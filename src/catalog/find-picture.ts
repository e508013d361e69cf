import type { Sql } from "../platform/db.ts";
import { getImage } from "./find-images.ts";
import { mediaTypes, thumbnailFormats, thumbnailKey, wholeKey } from "./image.ts";
import { imageNotFound } from "./image-errors.ts";

/** A file that is served, in the store of files. */
export interface Picture {
  readonly key: string;
  readonly mediaType: string;
  /** Names what is in it, which never changes. */
  readonly tag: string;
}

/**
 * An image's whole picture.
 * @throws image.not_found
 */
export async function getWhole(sql: Sql, image: string): Promise<Picture> {
  const { imageId, mediaType } = await getImage(sql, image);
  return { key: wholeKey(imageId), mediaType, tag: `"${imageId}"` };
}

const fileName = /^([1-9]\d{0,4})\.([a-z]{1,5})$/;

/**
 * One of an image's thumbnails, by its width and format, as `320.webp`.
 * @throws image.not_found
 */
export async function getThumbnail(sql: Sql, image: string, file: string): Promise<Picture> {
  const [, digits, extension] = fileName.exec(file) ?? [];
  const width = Number(digits);
  const format = thumbnailFormats.find((one) => one === extension);
  const { imageId, thumbnailWidths } = await getImage(sql, image);
  if (!format || !thumbnailWidths.includes(width)) throw imageNotFound({ image: `${image}/${file}` });
  return {
    key: thumbnailKey(imageId, width, format),
    mediaType: mediaTypes[format],
    tag: `"${imageId}-${width}-${format}"`,
  };
}
