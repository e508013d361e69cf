import { setImmediate as breathe } from "node:timers/promises";
import type { ImportOptions } from "../../src/imports/import-options.ts";
import { readOrders } from "../../src/imports/read-orders.ts";
import type { FilePlan, ReadOrder, RowFault } from "../../src/imports/reading.ts";
import { recognizeFile, sampleBytes } from "../../src/imports/recognize-file.ts";
import { importOptions } from "./given-imports.ts";

export interface FileRead {
  readonly plan: FilePlan;
  readonly orders: readonly ReadOrder[];
}

interface Manner {
  /** In chunks of so many bytes. */
  readonly chunkBytes?: number;
  readonly from?: number;
}

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
    await breathe();
  }
}

/** Reads a whole file as an import does. */
export async function readFile(
  file: Buffer | string,
  chosen: Partial<ImportOptions> = {},
  { chunkBytes = 65_536, from = 0 }: Manner = {},
): Promise<FileRead> {
  const bytes = typeof file === "string" ? Buffer.from(file) : file;
  const options = importOptions(chosen);
  const plan = recognizeFile(bytes.subarray(0, sampleBytes), options);
  const orders: ReadOrder[] = [];
  for await (const batch of readOrders(chunks(bytes, chunkBytes), plan, options, { rowNo: from }))
    orders.push(...batch);
  return { plan, orders };
}

/** Every fault of a file, in the order of its rows. */
export function faultsOf({ orders }: FileRead): RowFault[] {
  return orders.flatMap(({ rows }) => rows.flatMap(({ faults }) => faults));
}

export function codesOf(read: FileRead): string[] {
  return faultsOf(read).map(({ code }) => code);
}
