import { pipeline, Readable, Transform } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { GetObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { blobNotFound } from "./blob-errors.ts";
import { assertBlobKey } from "./blob-key.ts";
import type { BlobStore, KeptBlob } from "./blob-store.ts";

export interface S3BlobOptions {
  /** `s3://bucket/prefix`. */
  readonly url: string;
  /** Where S3 is spoken; empty: AWS. */
  readonly endpoint: string;
  readonly region: string;
  readonly addressing: "host" | "path";
  /** Empty, both: what the SDK finds. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const partBytes = 8_388_608; // 10,000 parts are allowed: files of 80 GB. Two of them at once are all that is in memory.
const partsAtOnce = 2;
const connectMs = 5_000;
const silenceMs = 30_000; // Of one connection. A part that is sent is answered much sooner.
const triesOfCall = 4; // The SDK's own, with growing waits: a busy bucket is back within seconds.
const triesOfReading = 5; // In a row without a byte; a connection that broke is opened again where it ended.
const againMs = 200;

/** The packages take half a second and 26 MB, which a process without a bucket does not spend. */
async function loadSdk() {
  const [s3, storage] = await Promise.all([import("@aws-sdk/client-s3"), import("@aws-sdk/lib-storage")]);
  return { ...s3, Upload: storage.Upload };
}
type Sdk = Awaited<ReturnType<typeof loadSdk>>;

interface Opened {
  readonly sdk: Sdk;
  readonly client: S3Client;
}

async function openClient(options: S3BlobOptions): Promise<Opened> {
  const sdk = await loadSdk();
  const { accessKeyId, secretAccessKey, endpoint } = options;
  const client = new sdk.S3Client({
    region: options.region,
    forcePathStyle: options.addressing === "path",
    maxAttempts: triesOfCall,
    // Otherwise streams are framed with checksums, which S3 of other makers keeps as a part of the content.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: connectMs, socketTimeout: silenceMs },
    ...(endpoint === "" ? {} : { endpoint }),
    ...(accessKeyId === "" ? {} : { credentials: { accessKeyId, secretAccessKey } }),
  });
  return { sdk, client };
}

function statusOf(error: unknown): number {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode ?? 0;
}

const absent = 404;
const behindTheEnd = 416;

/** Undefined when the store says that there is nothing. */
async function unlessAbsent<Found>(work: Promise<Found>): Promise<Found | undefined> {
  try {
    return await work;
  } catch (error) {
    if (statusOf(error) === absent) return undefined;
    throw error;
  }
}

/** Where a blob stands in its bucket. */
interface Place {
  readonly Bucket: string;
  readonly Key: string;
}

/** Opens an object from a byte on; undefined when that is behind its end. */
async function openFrom(
  { sdk, client }: Opened,
  place: Place,
  from: number,
  tag?: string,
): Promise<GetObjectCommandOutput | undefined> {
  const asked = { ...place, ...(from > 0 ? { Range: `bytes=${from}-` } : {}), ...(tag ? { IfMatch: tag } : {}) };
  try {
    return await client.send(new sdk.GetObjectCommand(asked));
  } catch (error) {
    if (statusOf(error) === behindTheEnd) return undefined;
    throw error;
  }
}

/** The content from a byte on. A connection that breaks is opened again where it ended, while it is the same object. */
async function* contentFrom(opened: Opened, place: Place, from: number, first: GetObjectCommandOutput) {
  let position = from;
  let answer: GetObjectCommandOutput | undefined = first;
  for (let failed = 0; answer !== undefined; ) {
    try {
      for await (const piece of answer.Body as Readable) {
        position += (piece as Buffer).length;
        failed = 0;
        yield piece as Buffer;
      }
      return;
    } catch (error) {
      failed += 1;
      if (failed >= triesOfReading) throw error;
      await sleep(againMs * failed);
      answer = await openFrom(opened, place, position, first.ETag);
      // Not every maker's S3 heeds IfMatch.
      if (answer && answer.ETag !== first.ETag) throw new Error(`${place.Key} was replaced while it was read.`);
    }
  }
}

/** Keeps blobs as objects of a bucket. Nothing is loaded or asked before the first call. */
export function s3BlobStore(options: S3BlobOptions): BlobStore {
  const { hostname: Bucket, pathname } = new URL(options.url);
  const prefix = pathname.replace(/^\/+|\/+$/g, "");
  const start = prefix === "" ? "" : `${decodeURIComponent(prefix)}/`;
  let opening: Promise<Opened> | undefined;
  const open = () => {
    opening ??= openClient(options);
    return opening;
  };
  const placeOf = (key: string): Place => {
    assertBlobKey(key);
    return { Bucket, Key: `${start}${key}` };
  };

  return {
    async write(key, content) {
      const place = placeOf(key);
      const { sdk, client } = await open();
      return { key, bytes: await upload(sdk, client, place, content) };
    },

    async read(key, from = 0) {
      const place = placeOf(key);
      const opened = await open();
      const first = await unlessAbsent(openFrom(opened, place, from).then((answer) => ({ answer })));
      if (first === undefined) throw blobNotFound({ key });
      if (first.answer === undefined) return Readable.from([]);
      return Readable.from(contentFrom(opened, place, from, first.answer), { objectMode: false });
    },

    async find(key) {
      const place = placeOf(key);
      const { sdk, client } = await open();
      const found = await unlessAbsent(client.send(new sdk.HeadObjectCommand(place)));
      return found && { key, bytes: found.ContentLength ?? 0 };
    },

    async remove(key) {
      const place = placeOf(key);
      const { sdk, client } = await open();
      await unlessAbsent(client.send(new sdk.DeleteObjectCommand(place)));
    },

    list: (folder) => objectsOf(open, placeOf(folder), start),

    // A bucket's lifecycle ends uploads that were left; docs/config.md says so.
    removeLeftovers: () => Promise.resolve(),

    async close() {
      (await opening)?.client.destroy();
    },
  };
}

async function* objectsOf(open: () => Promise<Opened>, folder: Place, start: string): AsyncGenerator<KeptBlob> {
  const { sdk, client } = await open();
  const pages = sdk.paginateListObjectsV2({ client }, { Bucket: folder.Bucket, Prefix: `${folder.Key}/` });
  for await (const { Contents = [] } of pages) {
    for (const { Key = "", Size = 0, LastModified } of Contents) {
      if (LastModified) yield { key: Key.slice(start.length), bytes: Size, keptAt: LastModified };
    }
  }
}

/** Sends a stream in parts and answers how much that was. When it fails, the bucket shows what it showed before. */
async function upload({ Upload }: Sdk, client: S3Client, place: Place, content: Readable): Promise<number> {
  let bytes = 0;
  const counted = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      done(null, piece);
    },
  });
  // Whatever ends the one too early ends the other, and is heard of by who reads it.
  pipeline(content, counted, () => {});
  try {
    const params = { ...place, Body: counted };
    await new Upload({ client, params, queueSize: partsAtOnce, partSize: partBytes }).done();
    return bytes;
  } catch (error) {
    counted.destroy();
    throw content.errored ?? error;
  }
}
