import type { Readable } from "node:stream";
import type { BlobStore } from "../platform/blob-store.ts";
import { reach } from "../platform/failpoints.ts";
import type { Import } from "./import.ts";
import { importFileGone } from "./import-errors.ts";
import { assertGoingOn, type ImportRun } from "./import-run.ts";
import { beginReading, forgetReading, keepReadOrders } from "./keep-read-orders.ts";
import { beginMerging } from "./merge-fragments.ts";
import { readOrders } from "./read-orders.ts";
import type { ReadOrder } from "./reading.ts";
import { recognizeFile, sampleBytes } from "./recognize-file.ts";

const rowsInChunk = 2_000; // A larger one gains little, and costs more when the process is killed in the middle.
const charactersInChunk = 2_097_152; // Rows may be a megabyte each; what is held at once stays bounded.

/**
 * Looks at a file and begins to read it; what an earlier reading with other options left is taken away first.
 * @throws import.file_gone
 */
export async function openFile(run: ImportRun, given: Import): Promise<Import> {
  const { db, blobs, clock, own } = run;
  while ((await db.transaction((tx) => forgetReading(tx, own))) > 0) assertGoingOn(run);
  const sample = await readSample(blobs, fileOf(given));
  const plan = recognizeFile(sample, given.options);
  await reach("before-import-reading");
  return db.transaction((tx) => beginReading(tx, own, plan, clock.now()));
}

/**
 * Reads a file from where it was read to, a chunk at a time: one is written while the next is read.
 * @throws import.file_gone
 */
export async function readFile(run: ImportRun, given: Import): Promise<Import> {
  const { db, blobs, clock, own } = run;
  const content = await blobs.read(fileOf(given));
  const read = { bytes: 0 };
  let writing: Promise<void> = Promise.resolve();
  try {
    for await (const orders of chunksOf(given, counted(content, read))) {
      await writing;
      assertGoingOn(run);
      writing = keep(run, orders, read.bytes);
      // It is awaited before the next one, or below; until then nobody else looks.
      writing.catch(() => {});
    }
    await writing;
  } finally {
    content.destroy();
    await writing.catch(() => {});
  }
  await reach("after-import-read");
  return db.transaction((tx) => beginMerging(tx, own, clock.now()));
}

/** @throws import.file_gone */
function fileOf({ blobKey }: Import): string {
  if (blobKey === null) throw importFileGone({});
  return blobKey;
}

async function readSample(blobs: BlobStore, key: string): Promise<Buffer> {
  const content = await blobs.read(key);
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of content as AsyncIterable<Buffer>) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= sampleBytes) break;
  }
  return Buffer.concat(pieces).subarray(0, sampleBytes);
}

async function* counted(content: Readable, read: { bytes: number }): AsyncGenerator<Buffer> {
  for await (const piece of content as AsyncIterable<Buffer>) {
    read.bytes += piece.length;
    yield piece;
  }
}

/** What is read, in pieces that are worth a transaction. */
async function* chunksOf(given: Import, content: AsyncIterable<Buffer>): AsyncGenerator<readonly ReadOrder[]> {
  const { plan, options, mark } = given;
  if (plan === null) throw new Error(`Import ${given.uid} is read before it was understood.`);
  let chunk: ReadOrder[] = [];
  let rows = 0;
  let characters = 0;
  for await (const orders of readOrders(content, plan, options, { rowNo: mark })) {
    for (const order of orders) {
      chunk.push(order);
      rows += order.rows.length;
      for (const row of order.rows) characters += row.raw.length;
      if (rows < rowsInChunk && characters < charactersInChunk) continue;
      yield chunk;
      chunk = [];
      rows = 0;
      characters = 0;
    }
  }
  if (chunk.length > 0) yield chunk;
}

async function keep({ db, own, clock }: ImportRun, orders: readonly ReadOrder[], readBytes: number): Promise<void> {
  await db.transaction(async (tx) => {
    await keepReadOrders(tx, own, { orders, readBytes }, clock.now());
    await reach("inside-import-read");
  });
}
