import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { Import } from "../../src/imports/import.ts";
import type { ImportOptions } from "../../src/imports/import-options.ts";
import type { ImportGround } from "../../src/imports/import-run.ts";
import { receiveImport } from "../../src/imports/receive-import.ts";
import type { BlobStore } from "../../src/platform/blob-store.ts";
import type { Db } from "../../src/platform/db.ts";
import { importOptions, receivedFile } from "./given-imports.ts";
import { noon } from "./given-orders.ts";

/** A file in plain CSV: so many orders, each of so many rows that stand together. */
export function csvOf(orders: number, given: { rows?: number; prefix?: string; wrongEvery?: number } = {}): string {
  const { rows = 2, prefix = "A", wrongEvery = 0 } = given;
  const lines = ["order_reference,customer_email,currency,product_name,quantity,unit_price"];
  for (let order = 1; order <= orders; order += 1)
    for (let row = 1; row <= rows; row += 1) {
      const wrong = wrongEvery > 0 && order % wrongEvery === 0 && row === 1;
      lines.push(`${prefix}-${order},shopper-${order}@example.com,USD,Tea ${row},${wrong ? -1 : row},1.50`);
    }
  return `${lines.join("\n")}\n`;
}

/** Puts a text into the blob store and has it received as an import. */
export async function receiveText(
  { db, blobs }: { db: Db; blobs: BlobStore } | ImportGround,
  text: string,
  chosen: Partial<ImportOptions> & { again?: boolean } = {},
): Promise<Import> {
  const { again = false, ...options } = chosen;
  const contentHash = createHash("sha256").update(text).digest("hex");
  const file = receivedFile({ options: importOptions(options), contentHash, again });
  await blobs.write(file.blobKey, Readable.from([Buffer.from(text)]));
  const bytes = Buffer.byteLength(text);
  return (await db.transaction((tx) => receiveImport(tx, { ...file, bytes }, noon))).import;
}
