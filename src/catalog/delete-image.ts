import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { enqueue, queued } from "../platform/jobs.ts";
import { holdImage, type ImageNamed } from "./find-images.ts";
import { deleteImageRow } from "./image-queries.ts";
import { removeImageFiles } from "./remove-image-files.ts";

/**
 * Takes an image from its product and keeps in the audit who did so. Its files go after the commit, by the job
 * `remove-image-files`.
 *
 * Locks the product, then the image. A second call finds none.
 * @throws product.not_found, image.not_found
 */
export async function deleteImage(tx: Tx, { by, ...named }: ImageNamed & { by: Doer }, now: Date): Promise<void> {
  const { imageId, productId } = await holdImage(tx, named);
  await deleteImageRow(tx, { imageId });
  await enqueue(tx, [queued(removeImageFiles, { imageIds: [imageId] })]);
  const detail = { image: imageId };
  await recordAction(tx, { by, action: "image.deleted", subject: `product/${productId}`, detail }, now);
}
