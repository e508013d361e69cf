import { Create } from "typebox/value";
import type { Doer } from "../../src/audit/index.ts";
import { beginChecking, endChecking } from "../../src/imports/check-known-orders.ts";
import { claimImport, type Runner } from "../../src/imports/hold-runner.ts";
import type { Import } from "../../src/imports/import.ts";
import { ImportOptions } from "../../src/imports/import-options.ts";
import { beginReading, keepReadOrders } from "../../src/imports/keep-read-orders.ts";
import { beginMerging } from "../../src/imports/merge-fragments.ts";
import type { FilePlan, ReadOrder, RowFault } from "../../src/imports/reading.ts";
import { receiveImport } from "../../src/imports/receive-import.ts";
import { runImport } from "../../src/imports/run-import.ts";
import { tellCustomer } from "../../src/orders/index.ts";
import type { Tx } from "../../src/platform/db.ts";
import { uuidV7 } from "../../src/platform/ids.ts";
import { prepareJobs } from "../../src/platform/jobs.ts";
import { noon } from "./given-orders.ts";

export const ann: Doer = { actor: "key-1", name: "Ann", requestId: "r-1" };

/** What a file is read with when nothing is said. */
export function importOptions(chosen: Partial<ImportOptions> = {}): ImportOptions {
  return { ...(Create(ImportOptions) as ImportOptions), ...chosen };
}

const plan: FilePlan = {
  format: "csv",
  dialect: "plain",
  encoding: "utf-8",
  delimiter: ",",
  header: "order_reference,customer_email,currency,product_name,quantity,unit_price",
  columns: [
    { name: "order_reference", field: "order_reference", recognized: true },
    { name: "customer_email", field: "customer_email", recognized: true },
    { name: "currency", field: "currency", recognized: true },
    { name: "product_name", field: "product_name", recognized: true },
    { name: "quantity", field: "quantity", recognized: true },
    { name: "unit_price", field: "unit_price", recognized: true },
  ],
  grouping: "by_reference",
};

let files = 0;

/** What is said of a file that was uploaded; each call is another file unless its hash is given. */
export function receivedFile(
  chosen: { options?: ImportOptions; contentHash?: string; source?: string; again?: boolean } = {},
) {
  files += 1;
  const options = chosen.options ?? importOptions();
  return {
    uid: uuidV7(noon),
    source: chosen.source ?? "shop",
    name: "orders.csv",
    blobKey: `imports/file-${files}`,
    bytes: 1_000,
    contentHash: chosen.contentHash ?? `content ${files}`,
    optionsHash: JSON.stringify(options),
    options,
    again: chosen.again ?? false,
    by: ann,
  };
}

export async function givenImport(tx: Tx, chosen: Parameters<typeof receivedFile>[0] = {}): Promise<Import> {
  await prepareJobs(tx, [runImport, tellCustomer]);
  return (await receiveImport(tx, receivedFile(chosen), noon)).import;
}

/** An order of the file as the reader gives it. Its faults stand on its first row. */
export function readOrder(
  rowNo: number,
  given: {
    reference?: string | null;
    rows?: number;
    faults?: readonly RowFault[];
    dropped?: boolean;
    uid?: string;
  } = {},
): ReadOrder {
  const { reference = `A-${rowNo}`, rows = 1, faults = [], dropped = false, uid = null } = given;
  const items = Array.from({ length: rows }, (_, index) => {
    return { product_name: `Tea ${index + 1}`, quantity: 2, unit_price: 150 };
  });
  const draft = {
    ...(reference === null ? {} : { external_reference: reference }),
    customer_email: "ann@example.com",
    currency: "USD",
    items,
  };
  return {
    reference,
    source: null,
    uid,
    unpaid: false,
    draft: faults.length > 0 || dropped ? null : draft,
    rows: items.map((item, index) => ({
      rowNo: rowNo + index,
      line: rowNo + index + 1,
      raw: `${reference ?? ""},ann@example.com,USD,${item.product_name},2,1.50`,
      faults: index === 0 ? faults : [],
      dropped,
    })),
  };
}

export const faulty: RowFault = {
  code: "quantity_negative",
  column: "quantity",
  value: "-2",
  detail: "The quantity is negative.",
};

export const runner = "01890000-0000-7000-8000-000000000001";

export function ownerOf({ uid, importId }: Import, token = runner): Runner {
  return { uid, importId, runner: token };
}

/** An import whose file was read as these orders, claimed by `runner` and not yet merged. */
export async function givenReading(
  tx: Tx,
  orders: readonly ReadOrder[],
  chosen: Parameters<typeof receivedFile>[0] = {},
): Promise<Import> {
  const received = await givenImport(tx, chosen);
  const own = ownerOf(received);
  await claimImport(tx, own, noon);
  const begun = await beginReading(tx, own, plan, noon);
  await keepReadOrders(tx, own, { orders, readBytes: 1_000 }, noon);
  return begun;
}

/** An import whose file was read and checked, without looking for fragments and known orders. */
export async function givenReady(
  tx: Tx,
  orders: readonly ReadOrder[],
  chosen: Parameters<typeof receivedFile>[0] = {},
): Promise<Import> {
  const own = ownerOf(await givenReading(tx, orders, chosen));
  await beginMerging(tx, own, noon);
  await beginChecking(tx, own, noon);
  return endChecking(tx, own, [], noon);
}
