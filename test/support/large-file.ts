import { openAsBlob } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { randomFrom } from "./random.ts";

/** A file that is larger than what a process may hold, and what must become of it. */
export interface LargeFile {
  readonly blob: Blob;
  readonly orders: number;
  readonly rows: number;
  /** Each is an order of its own, and wrong in a way that costs most to find. */
  readonly wrongRows: number;
}

const header = "order_reference,customer_email,currency,product_name,quantity,unit_price,note\n";
const rowsOfOrder = 4;
const ordersAtOnce = 50; // Written in one go.
const noteCharacters = 2_000;
const noteSeed = 4_711;
const longRow = 10_000_000;
const cells = 400_000; // In less than a row's most characters.
const columns = 1_000_000;

/** Rows that are ten megabytes long, have columns without end, or are no text. */
const wrongRows = [
  `long,ann@example.com,USD,Tea,1,1.50,${"x".repeat(longRow)}\n`,
  `quoted,ann@example.com,USD,Tea,1,1.50,"${"x".repeat(longRow)}"\n`,
  `cells,ann@example.com,USD,Tea,1,1.50${",x".repeat(cells)}\n`,
  `columns,ann@example.com,USD,Tea,1,1.50${",x".repeat(columns)}\n`,
  "nul,ann@example.com,USD,T\0ea,1,1.50,\n",
  "bytes,ann@example.com,USD,T\ufffdea,1,1.50,\n",
];

/** Text that does not become small when it is compressed. */
function noteText(): string {
  const random = randomFrom(noteSeed);
  return Array.from({ length: noteCharacters }, () => Math.floor(random() * 36).toString(36)).join("");
}

/** Writes a file of at least so many bytes into a folder; its rows have notes of two kilobytes, which nobody reads. */
export async function givenLargeFile(folder: string, bytes: number): Promise<LargeFile> {
  const path = join(folder, "large.csv");
  const file = await open(path, "w");
  const note = noteText();
  let written = (await file.write(header)).bytesWritten;
  let orders = 0;
  for (const wrong of wrongRows) written += (await file.write(wrong)).bytesWritten;
  while (written < bytes) {
    let text = "";
    for (let made = 0; made < ordersAtOnce; made += 1) {
      orders += 1;
      for (let row = 0; row < rowsOfOrder; row += 1) {
        const cut = (orders * rowsOfOrder + row) % noteCharacters;
        text += `A-${orders},ann@example.com,USD,Tea ${row},1,1.50,${note.slice(cut)}${note.slice(0, cut)}\n`;
      }
    }
    written += (await file.write(text)).bytesWritten;
  }
  await file.close();
  const rows = orders * rowsOfOrder + wrongRows.length;
  return { blob: await openAsBlob(path), orders, rows, wrongRows: wrongRows.length };
}
