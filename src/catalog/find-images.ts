import type { Sql, Tx } from "../platform/db.ts";
import { isUuid } from "../platform/ids.ts";
import { getProduct, holdProduct } from "./find-products.ts";
import { mostImages, type ProductImage } from "./image.ts";
import { imageNotFound } from "./image-errors.ts";
import { findImage, findImageOfContent, listImages, lockImage } from "./image-queries.ts";

export interface ImageNamed {
  /** The product's UUID or key. */
  readonly product: string;
  readonly image: string;
}

/**
 * The images of a product, the primary one first; never more than fit on a page.
 * @throws product.not_found
 */
export async function findImagesOf(sql: Sql, product: string): Promise<ProductImage[]> {
  const { productId } = await getProduct(sql, product);
  return listImages(sql, { productId, limit: mostImages });
}

/** @throws image.not_found */
export async function getImage(sql: Sql, image: string): Promise<ProductImage> {
  const found = isUuid(image) ? await findImage(sql, { imageId: image }) : undefined;
  if (!found) throw imageNotFound({ image });
  return found;
}

/** @throws product.not_found, image.not_found */
export async function getImageOf(sql: Sql, { product, image }: ImageNamed): Promise<ProductImage> {
  const { productId } = await getProduct(sql, product);
  const found = await getImage(sql, image);
  if (found.productId !== productId) throw imageNotFound({ image });
  return found;
}

/**
 * An image of a product, held until the transaction ends, and its product before it.
 * @throws product.not_found, image.not_found
 */
export async function holdImage(tx: Tx, { product, image }: ImageNamed): Promise<ProductImage> {
  const { productId } = await holdProduct(tx, product);
  const found = isUuid(image) ? await lockImage(tx, { imageId: image, productId }) : undefined;
  if (!found) throw imageNotFound({ image });
  return found;
}

/**
 * The image that a product has of this content, if it has one.
 * @throws product.not_found
 */
export async function findSameImage(
  sql: Sql,
  { product, contentHash }: { product: string; contentHash: string },
): Promise<ProductImage | undefined> {
  const { productId } = await getProduct(sql, product);
  return findImageOfContent(sql, { productId, contentHash });
}
