import { createHash } from "node:crypto";
import { pipeline, type Readable, Transform } from "node:stream";
import { bodyTooLarge } from "../http/http-errors.ts";
import type { BlobStore } from "../platform/blob-store.ts";
import { isUnavailable } from "../platform/errors.ts";
import { reach } from "../platform/failpoints.ts";

/** A file that was kept for an import. */
export interface KeptFile {
  readonly uid: string;
  readonly blobKey: string;
  readonly bytes: number;
  readonly contentHash: string;
}

export interface FileKeeper {
  /** Keeps what the stream gives; nothing of it when it fails. @throws http.body_too_large */
  keep(content: Readable): Promise<KeptFile>;
}

/** Where the files of imports are. Who has a file that stands elsewhere has it copied there. */
export const importFolder = "imports";

/**
 * Has the file of a new import kept while the work takes it in, and takes it away when the work made no use of it: an
 * import has the file already, or something was refused. Where nobody knows, it stays, and is taken away by
 * `clearLeftFiles` when no import has it.
 */
export async function withKeptFile<Result>(
  blobs: BlobStore,
  { uid, mostBytes }: { uid: string; mostBytes: number },
  work: (keeper: FileKeeper) => Promise<{ result: Result; used: boolean }>,
): Promise<Result> {
  const blobKey = `${importFolder}/${uid}`;
  try {
    const keep = (content: Readable) => keepFile(blobs, content, { uid, blobKey, mostBytes });
    const { result, used } = await work({ keep });
    if (!used) await drop(blobs, blobKey);
    return result;
  } catch (error) {
    if (!isUnavailable(error)) await drop(blobs, blobKey);
    throw error;
  }
}

/** One that cannot be taken away now is found later: it is no reason to fail. */
function drop(blobs: BlobStore, key: string): Promise<void> {
  return blobs.remove(key).catch(() => {});
}

async function keepFile(
  blobs: BlobStore,
  content: Readable,
  { uid, blobKey, mostBytes }: { uid: string; blobKey: string; mostBytes: number },
): Promise<KeptFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  const measured = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      if (bytes > mostBytes) return done(bodyTooLarge({ limitBytes: mostBytes }));
      hash.update(piece);
      done(null, piece);
    },
  });
  pipeline(content, measured, () => {});
  await blobs.write(blobKey, measured);
  await reach("after-import-file");
  return { uid, blobKey, bytes, contentHash: hash.digest("hex") };
}
