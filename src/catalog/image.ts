/** A picture of a product, as it was made from what was uploaded. */
export interface ProductImage {
  readonly imageId: string;
  readonly productId: string;
  readonly title: string;
  /** The lowest of a product is its primary image; of two the older. */
  readonly sortOrder: number;
  /** Of the whole picture, as it is served. */
  readonly mediaType: string;
  readonly bytes: bigint;
  readonly width: number;
  readonly height: number;
  /** SHA-256 of what was uploaded. */
  readonly contentHash: string;
  /** The widths for which there are thumbnails, each in both formats. */
  readonly thumbnailWidths: readonly number[];
  readonly createdAt: Date;
}

export const thumbnailFormats = ["webp", "avif"] as const;
export type ThumbnailFormat = (typeof thumbnailFormats)[number];

/** A list, a product page on a phone, one on a desk, and the same on a fine screen. */
export const thumbnailWidths = [160, 320, 640, 1280] as const;

/** The whole picture and its thumbnails are served in these types. */
export const mediaTypes = { webp: "image/webp", avif: "image/avif" } as const;

/** More pictures than a page can show of one thing, few enough to be listed whole. */
export const mostImages = 50;
/** A camera's picture of 50 megapixels has about as much. */
export const mostImageBytes = 20_000_000;
export const longestImageTitle = 200;
export const mostSortOrder = 1_000_000;

/** The widths in which a picture of this width is kept: none larger than itself, and the smallest always. */
export function thumbnailWidthsFor(width: number): number[] {
  return thumbnailWidths.filter((one, index) => index === 0 || one <= width);
}

/** Below this stand the files of all images in the store of files, each image's in a folder with its id. */
export const imageFolder = "catalog/images";

export function folderOfImage(imageId: string): string {
  return `${imageFolder}/${imageId}`;
}

export function wholeKey(imageId: string): string {
  return `${folderOfImage(imageId)}/whole.webp`;
}

export function thumbnailKey(imageId: string, width: number, format: ThumbnailFormat): string {
  return `${folderOfImage(imageId)}/${width}.${format}`;
}

/** Whose file a key is; undefined for what no image can have. */
export function imageOfKey(key: string): string | undefined {
  const [, imageId] = /^catalog\/images\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\//.exec(key) ?? [];
  return imageId;
}
