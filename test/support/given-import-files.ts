import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Ground } from "./serve.ts";

let made = 0;

/** Puts a file of so many orders where imports by key find it, and answers its name; another one each time. */
export async function givenImportFile({ dataDir }: Ground, orders: number, name?: string): Promise<string> {
  made += 1;
  const called = name ?? `orders-${made}.csv`;
  const rows = Array.from({ length: orders }, (_, row) => `R-${made}-${row},ann@example.com,MUG,Mug,1,5.00,EUR`);
  const folder = join(dataDir, "blobs", "incoming");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, called), `Order,Email,SKU,Product,Qty,Price,Currency\n${rows.join("\n")}\n`);
  return called;
}
