import { Readable } from "node:stream";
import type { BlobStore } from "../platform/blob-store.ts";
import { isUnavailable } from "../platform/errors.ts";
import { reach } from "../platform/failpoints.ts";
import type { KeptPicture } from "./add-image.ts";
import { thumbnailKey, wholeKey } from "./image.ts";
import type { MadePicture, PictureMaker } from "./picture.ts";
import { removeFilesOfImage } from "./remove-image-files-flow.ts";

export interface PictureGround {
  readonly blobs: BlobStore;
  readonly pictures: PictureMaker;
}

function filesOf(imageId: string, { whole, thumbnails }: MadePicture): [key: string, content: Buffer][] {
  const small = thumbnails.map(
    ({ width, format, content }) => [thumbnailKey(imageId, width, format), content] as [string, Buffer],
  );
  return [[wholeKey(imageId), whole], ...small];
}

/**
 * Decodes what was sent and keeps the pictures that are made of it, under names made of an id that is new. Nobody sees
 * them before a row has the id. Refuses as the maker of pictures does; nothing is kept then.
 */
export async function keepPicture(
  { blobs, pictures }: PictureGround,
  { imageId, content }: { imageId: string; content: Buffer },
): Promise<KeptPicture> {
  const made = await pictures.make(content);
  try {
    for (const [key, bytes] of filesOf(imageId, made)) await blobs.write(key, Readable.from([bytes]));
  } catch (error) {
    await dropPicture(blobs, imageId);
    throw error;
  }
  await reach("after-image-files");
  const { width, height, whole, thumbnails } = made;
  const widths = new Set(thumbnails.map((thumbnail) => thumbnail.width));
  return { imageId, width, height, bytes: whole.length, thumbnailWidths: [...widths] };
}

/** One that cannot be taken away now is found later: it is no reason to fail. */
export function dropPicture(blobs: BlobStore, imageId: string): Promise<void> {
  return removeFilesOfImage(blobs, imageId).catch(() => {});
}

/**
 * Has a picture kept while the work makes it an image, and takes it away when the work made no use of it: the product has
 * it already, or something was refused. Where nobody knows, it stays, and is taken away by `clearLeftImages`.
 */
export async function withKeptPicture<Result>(
  ground: PictureGround,
  picture: { imageId: string; content: Buffer },
  work: (kept: KeptPicture) => Promise<{ result: Result; used: boolean }>,
): Promise<Result> {
  const kept = await keepPicture(ground, picture);
  try {
    const { result, used } = await work(kept);
    if (!used) await dropPicture(ground.blobs, picture.imageId);
    return result;
  } catch (error) {
    if (!isUnavailable(error)) await dropPicture(ground.blobs, picture.imageId);
    throw error;
  }
}
