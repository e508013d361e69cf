import { blobKeyInvalid } from "./blob-errors.ts";

const longestKey = 500; // S3 takes 1,024 bytes, the bucket's prefix among them.
const part = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}"; // A name in a file system has 255 bytes at most.
const shape = new RegExp(`^${part}(?:/${part})*$`);

/** Whether a store keeps anything under such a key: no key leads out of the store, or to what it keeps for itself. */
export function isBlobKey(text: string): boolean {
  return text.length <= longestKey && shape.test(text);
}

/** @throws blob.key_invalid */
export function assertBlobKey(key: string): void {
  if (!isBlobKey(key)) throw blobKeyInvalid({});
}
