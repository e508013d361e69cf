import type { BlobStore } from "../platform/blob-store.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { findFiles, listImportsWithFile, unlinkFile } from "./import-file-queries.ts";
import { importFolder } from "./keep-file-flow.ts";

export interface FileGround {
  readonly db: Db;
  readonly clock: Clock;
  readonly blobs: BlobStore;
}

const dayMs = 86_400_000;
const leftAfterMs = dayMs; // A file has its import within moments of being whole; a day is beyond every doubt.
const atOnce = 100;

/**
 * Takes away the files of imports that were over so long ago; 0 keeps them. Rows, reasons and counts stay. One that was
 * interrupted leaves a file that no import has, which `clearLeftFiles` finds.
 */
export async function clearOldFiles({ db, clock, blobs }: FileGround, keptMs: number): Promise<void> {
  if (keptMs === 0) return;
  const endedBefore = new Date(clock.now().getTime() - keptMs);
  for (;;) {
    const old = await listImportsWithFile(db, { endedBefore, limit: atOnce });
    for (const { importId, blobKey } of old) {
      const unlinked = await db.transaction((tx) => unlinkFile(tx, { importId, endedBefore }));
      if (unlinked > 0) await blobs.remove(blobKey);
    }
    if (old.length < atOnce) return;
  }
}

/** Takes away what processes left that ended in the middle: drafts of files, and files that no import has. */
export async function clearLeftFiles({ db, clock, blobs }: FileGround): Promise<void> {
  const before = new Date(clock.now().getTime() - leftAfterMs);
  await blobs.removeLeftovers(before);
  let keys: string[] = [];
  for await (const { key, keptAt } of blobs.list(importFolder)) {
    if (keptAt < before) keys.push(key);
    if (keys.length < atOnce) continue;
    await removeUnknown(db, blobs, keys);
    keys = [];
  }
  await removeUnknown(db, blobs, keys);
}

async function removeUnknown(db: Db, blobs: BlobStore, blobKeys: string[]): Promise<void> {
  const known = new Set((await findFiles(db, { blobKeys })).map(({ blobKey }) => blobKey));
  for (const key of blobKeys) if (!known.has(key)) await blobs.remove(key);
}
