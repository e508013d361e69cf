import type { ImportOptions } from "./import-options.ts";
import type { FilePlan, ReadOrder } from "./reading.ts";

/** Reads a file's orders, in pieces; see reading.ts for what a fragment is. */
export async function* readOrders(
  _content: AsyncIterable<Buffer>,
  _plan: FilePlan,
  _options: ImportOptions,
  _from: { readonly rowNo: number },
): AsyncGenerator<readonly ReadOrder[]> {
  await Promise.resolve();
  yield [];
  throw new Error("Not there yet.");
}
