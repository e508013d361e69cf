import type { BlobStore } from "../platform/blob-store.ts";
import type { Db } from "../platform/db.ts";
import type { Job } from "../platform/jobs.ts";
import { removeImageFiles } from "./remove-image-files.ts";
import { removeFilesOfGoneImages } from "./remove-image-files-flow.ts";

/** Takes files away whose image is gone. May run twice: what is gone is gone, and an image that is there keeps its files. */
export function removeImageFilesJob({ db, blobs }: { db: Db; blobs: BlobStore }): Job<{ imageIds: string[] }> {
  return {
    declaration: removeImageFiles,
    run: ({ imageIds }) => removeFilesOfGoneImages({ db, blobs }, imageIds),
  };
}
