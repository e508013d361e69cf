import type { Readable } from "node:stream";

/** What was written or is there. */
export interface Blob {
  readonly key: string;
  readonly bytes: number;
}

/** A blob with when it was kept. */
export interface KeptBlob extends Blob {
  readonly keptAt: Date;
}

/**
 * The port to where large files are kept. Keys are slash-separated names of letters, digits, `.`, `_` and `-`; no part
 * of one begins with `.`. Every call refuses others.
 */
export interface BlobStore {
  /**
   * Keeps what the stream gives under the key, whole or not at all; what was there is replaced. Fails when the stream does.
   * Refuses with `blob.no_space`.
   */
  write(key: string, content: Readable): Promise<Blob>;
  /** Opens what is kept, from a byte on; behind its end there is nothing. Refuses with `blob.not_found`. */
  read(key: string, from?: number): Promise<Readable>;
  find(key: string): Promise<Blob | undefined>;
  /** Nothing is kept under the key afterwards; there may have been nothing. */
  remove(key: string): Promise<void>;
  /** Everything whose key begins with these names and a slash, in no order that means anything. */
  list(folder: string): AsyncIterable<KeptBlob>;
  /** Takes away what writes left that ended with their process, when they began before this. */
  removeLeftovers(before: Date): Promise<void>;
  close(): Promise<void>;
}
