import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { differencesOf } from "./difference.ts";
import { holdImage, type ImageNamed } from "./find-images.ts";
import type { ProductImage } from "./image.ts";
import { setImage } from "./image-queries.ts";

export interface ChangeImage extends ImageNamed {
  /** What shall be otherwise; the rest stays. */
  readonly change: Partial<Pick<ProductImage, "title" | "sortOrder">>;
  readonly by: Doer;
}

/**
 * Gives an image another title, or another place among those of its product, and keeps in the audit who did so.
 *
 * Locks the product, then the image. A change to what it is already changes nothing.
 * @throws product.not_found, image.not_found
 */
export async function changeImage(tx: Tx, { change, by, ...named }: ChangeImage, now: Date): Promise<ProductImage> {
  const before = await holdImage(tx, named);
  const after = { ...before, ...change };
  const changed = differencesOf(before, after);
  if (Object.keys(changed).length === 0) return before;
  const { imageId, productId, title, sortOrder } = after;
  await setImage(tx, { imageId, title, sortOrder });
  const detail = { image: imageId, ...changed };
  await recordAction(tx, { by, action: "image.changed", subject: `product/${productId}`, detail }, now);
  return after;
}
