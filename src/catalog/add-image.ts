import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { holdProduct } from "./find-products.ts";
import { mediaTypes, mostImages, mostSortOrder, type ProductImage } from "./image.ts";
import { imagesTooMany } from "./image-errors.ts";
import { countImages, findImageOfContent, insertImage } from "./image-queries.ts";

/** A picture whose files are kept, and which nobody sees yet. */
export interface KeptPicture {
  readonly imageId: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly thumbnailWidths: readonly number[];
}

export interface AddImage {
  /** The product's UUID or key. */
  readonly product: string;
  /** Of what was sent. */
  readonly contentHash: string;
  readonly title: string;
  /** Behind the last when left out. */
  readonly sortOrder: number | undefined;
  readonly kept: KeptPicture;
  readonly by: Doer;
}

export interface AddedImage {
  readonly image: ProductImage;
  /** It was there before: the files that were just kept are not used. */
  readonly existing: boolean;
}

/**
 * Makes a kept picture an image of a product, and keeps in the audit who did so. A product that has the same content
 * already is answered with that.
 *
 * Locks the product, so that of two at once the second hears of the first. A second call changes nothing.
 * @throws product.not_found, image.too_many
 */
export async function addImage(tx: Tx, asked: AddImage, now: Date): Promise<AddedImage> {
  const { contentHash, title, kept, by } = asked;
  const { productId } = await holdProduct(tx, asked.product);
  const existing = await findImageOfContent(tx, { productId, contentHash });
  if (existing) return { image: existing, existing: true };
  const { count, nextOrder } = await countImages(tx, { productId });
  if (count >= mostImages) throw imagesTooMany({ most: mostImages });
  const image = {
    ...kept,
    productId,
    title,
    sortOrder: asked.sortOrder ?? Math.min(nextOrder, mostSortOrder),
    mediaType: mediaTypes.webp,
    bytes: BigInt(kept.bytes),
    contentHash,
  };
  await insertImage(tx, { ...image, now });
  const detail = { image: kept.imageId };
  await recordAction(tx, { by, action: "image.added", subject: `product/${productId}`, detail }, now);
  return { image: { ...image, createdAt: now }, existing: false };
}
