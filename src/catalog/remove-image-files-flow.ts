import type { BlobStore } from "../platform/blob-store.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Sql } from "../platform/db.ts";
import { folderOfImage, imageFolder, imageOfKey } from "./image.ts";
import { findKnownImages } from "./image-queries.ts";

const dayMs = 86_400_000;
const leftAfterMs = dayMs; // An image has its row within moments of having its files; a day is beyond every doubt.
const atOnce = 500;

/** None of an image's files is there afterwards; some or all may have been gone. */
export async function removeFilesOfImage(blobs: BlobStore, imageId: string): Promise<void> {
  for await (const { key } of blobs.list(folderOfImage(imageId))) await blobs.remove(key);
}

/** Takes away the files of those of these images that are no more. */
export async function removeFilesOfGoneImages(
  { db, blobs }: { db: Sql; blobs: BlobStore },
  imageIds: readonly string[],
): Promise<void> {
  const known = new Set((await findKnownImages(db, { imageIds })).map(({ imageId }) => imageId));
  for (const imageId of imageIds) if (!known.has(imageId)) await removeFilesOfImage(blobs, imageId);
}

/** Takes away files that no image has: of processes that ended in the middle, and of products that were deleted. */
export async function clearLeftImages({ db, clock, blobs }: { db: Db; clock: Clock; blobs: BlobStore }): Promise<void> {
  const before = new Date(clock.now().getTime() - leftAfterMs);
  const images = new Set<string>();
  for await (const { key, keptAt } of blobs.list(imageFolder)) {
    const imageId = imageOfKey(key);
    if (imageId !== undefined && keptAt < before) images.add(imageId);
    if (images.size < atOnce) continue;
    await removeFilesOfGoneImages({ db, blobs }, [...images]);
    images.clear();
  }
  await removeFilesOfGoneImages({ db, blobs }, [...images]);
}
