import { join } from "node:path";
import type { BlobStore } from "./blob-store.ts";
import type { Config } from "./config.ts";
import { fileBlobStore } from "./file-blob-client.ts";
import { s3BlobStore } from "./s3-blob-client.ts";

/** Where this installation keeps its files: the bucket if one is configured, a folder otherwise. */
export function openBlobStore(config: Config): BlobStore {
  if (config.blobUrl === "") return fileBlobStore(config.blobDir || join(config.dataDir, "blobs"));
  return s3BlobStore({
    url: config.blobUrl,
    endpoint: config.s3Endpoint,
    region: config.s3Region,
    addressing: config.s3Addressing,
    accessKeyId: config.s3AccessKeyId,
    secretAccessKey: config.s3SecretAccessKey,
  });
}
