import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
// @ts-expect-error The package comes without types.
import S3rver from "s3rver";
import type { S3BlobOptions } from "../../src/platform/s3-blob-client.ts";

const endings: (() => Promise<void>)[] = [];

after(() => Promise.all(endings.map((end) => end())));

/** Somebody else's S3, with a folder to look into. It ends after the file. */
export async function startS3(bucket: string): Promise<S3BlobOptions & { readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "orderwell-s3-"));
  const options = { address: "127.0.0.1", port: 0, silent: true, directory: folder };
  const server = new S3rver({ ...options, configureBuckets: [{ name: bucket, configs: [] }] });
  const { port } = (await server.run()) as AddressInfo;
  endings.push(async () => {
    server.httpServer.closeAllConnections();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    folder,
    url: `s3://${bucket}/files`,
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    addressing: "path",
    accessKeyId: "S3RVER",
    secretAccessKey: "S3RVER",
  };
}
