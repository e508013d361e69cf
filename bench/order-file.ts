import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const header =
  "order_reference,ordered_at,customer_email,customer_name,currency,sku,product_name,quantity,unit_price,payment_reference,paid_at\r\n";
const blockOrders = 500; // About 150 kB at a time.
const paidAt = "2025-11-23T09:30:00Z";

export interface OrderFile {
  /** References begin with it: files of other series have other orders. */
  readonly series: string;
  /** How many orders there are, or how long the file shall be at least. */
  readonly orders?: number;
  readonly bytes?: number;
  /** One order of so many has a quantity that cannot be; none has when left out. */
  readonly badEvery?: number;
}

function rowsOf({ series, badEvery }: OrderFile, order: number): string {
  const reference = `${series}-${order.toString().padStart(8, "0")}`;
  const customer = `customer-${order % 50_021}`;
  const before = `${reference},2025-11-${String((order % 28) + 1).padStart(2, "0")},${customer}@example.co.jp,"${customer}, Tanaka",JPY`;
  const after = `pay-${reference},${paidAt}\r\n`;
  const quantity = badEvery !== undefined && order % badEvery === badEvery - 1 ? "-1" : String((order % 3) + 1);
  return (
    `${before},NPC-${order % 997},ノートPC 14インチ 第${order % 997}世代,${quantity},${89_800 + (order % 100)},${after}` +
    `${before},MOUSE-${order % 89},ワイヤレスマウス,1,11000,${after}`
  );
}

function* blocksOf(file: OrderFile): Generator<string> {
  yield header;
  let written = header.length;
  let order = 0;
  const isWhole = () => (file.orders === undefined ? written >= (file.bytes ?? 0) : order >= file.orders);
  while (!isWhole()) {
    let block = "";
    const until = Math.min(order + blockOrders, file.orders ?? Number.POSITIVE_INFINITY);
    for (; order < until; order += 1) block += rowsOf(file, order);
    written += Buffer.byteLength(block);
    yield block;
  }
}

/** Writes orders of two items as CSV, one row for each item; answers how many bytes they take. */
export async function writeOrderFile(path: string, file: OrderFile): Promise<number> {
  await pipeline(Readable.from(blocksOf(file)), createWriteStream(path));
  return (await stat(path)).size;
}
