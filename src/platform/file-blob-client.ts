import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { blobNoSpace, blobNotFound } from "./blob-errors.ts";
import { assertBlobKey } from "./blob-key.ts";
import type { BlobStore, KeptBlob } from "./blob-store.ts";

const onlyOurs = 0o600;
const onlyOurFolder = 0o700;
const pieceBytes = 262_144; // Fewer turns of the event loop than the default's 64 KiB; still nothing to memory.
const partialFolder = ".partial"; // No key begins with a point.

/** A link in the folder could lead anywhere, and a pipe would never end. */
const plainly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP" || code === "ENXIO";
}

const fullSeconds = 60; // It takes a person to make space.

function isFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOSPC" || code === "EDQUOT";
}

async function unlessAbsent<Found>(work: Promise<Found>): Promise<Found | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** A name is only as safe as the folder that has it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes what the stream gives to a new file and answers how much that was; it is on the disk then. */
async function writeNew(path: string, content: Readable): Promise<number> {
  const handle = await open(path, "wx", onlyOurs);
  const file = handle.createWriteStream({ flush: true, highWaterMark: pieceBytes });
  await pipeline(content, file);
  return file.bytesWritten;
}

async function* filesIn(folder: string, name: string): AsyncGenerator<KeptBlob> {
  const entries = (await unlessAbsent(readdir(folder, { withFileTypes: true }))) ?? [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const key = `${name}/${entry.name}`;
    if (entry.isDirectory()) yield* filesIn(path, key);
    const found = entry.isFile() ? await unlessAbsent(stat(path)) : undefined;
    if (found) yield { key, bytes: found.size, keptAt: found.mtime };
  }
}

/** Opens a plain file and answers it with its size; undefined when there is none. */
async function openPlain(path: string): Promise<{ handle: FileHandle; bytes: number } | undefined> {
  const handle = await unlessAbsent(open(path, plainly));
  if (handle === undefined) return undefined;
  const found = await handle.stat();
  if (found.isFile()) return { handle, bytes: found.size };
  await handle.close();
  return undefined;
}

/**
 * Keeps blobs as files of a folder, which is made when something is written. What is written has another name until it is
 * whole and on the disk.
 */
export function fileBlobStore(folder: string): BlobStore {
  const partial = join(folder, partialFolder);
  const pathOf = (key: string) => {
    assertBlobKey(key);
    return join(folder, key);
  };

  return {
    async write(key, content) {
      const path = pathOf(key);
      await mkdir(partial, { recursive: true, mode: onlyOurFolder });
      const draft = join(partial, randomUUID());
      try {
        const bytes = await writeNew(draft, content);
        await mkdir(dirname(path), { recursive: true, mode: onlyOurFolder });
        await rename(draft, path);
        await syncFolder(dirname(path));
        return { key, bytes };
      } catch (error) {
        content.destroy();
        await rm(draft, { force: true });
        throw isFull(error) ? blobNoSpace({}, { retryAfterSeconds: fullSeconds }) : error;
      }
    },

    async read(key, from = 0) {
      const found = await openPlain(pathOf(key));
      if (found === undefined) throw blobNotFound({ key });
      if (from < found.bytes) return found.handle.createReadStream({ start: from, highWaterMark: pieceBytes });
      await found.handle.close();
      return Readable.from([]);
    },

    async find(key) {
      const found = await openPlain(pathOf(key));
      await found?.handle.close();
      return found && { key, bytes: found.bytes };
    },

    async remove(key) {
      await unlessAbsent(unlink(pathOf(key)));
    },

    list(name) {
      return filesIn(pathOf(name), name);
    },

    async removeLeftovers(before) {
      for await (const { key, keptAt } of filesIn(partial, partialFolder)) {
        if (keptAt < before) await rm(join(folder, key), { force: true });
      }
    },

    close: () => Promise.resolve(),
  };
}
