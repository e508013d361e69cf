import type { OrderDraft } from "../orders/index.ts";
import type { Sql } from "../platform/db.ts";
import type { Import } from "./import.ts";
import { getFaultCounts } from "./import-queries.ts";
import { countReasons, listFirstOrders, listFragments, listRowsOf } from "./import-row-queries.ts";
import { numbersFrom } from "./merge-fragments.ts";
import type { FilePlan } from "./reading.ts";
import { rereadOrder } from "./reread-order.ts";

/** How many rows have a fault of a kind. */
export interface FaultSummary {
  readonly code: string;
  readonly column: string | null;
  readonly rows: number;
}

export interface PreviewedOrder {
  /** The number of its first row. */
  readonly orderNo: number;
  readonly reference: string | null;
  /** What it is understood as; null when something is wrong with it. */
  readonly draft: OrderDraft | null;
  readonly rows: readonly { readonly rowNo: number; readonly line: number; readonly raw: string }[];
}

/** How a file is understood, before anything of it is placed. */
export interface ImportPreview {
  /** Null until the file was looked at. */
  readonly plan: FilePlan | null;
  readonly orders: readonly PreviewedOrder[];
  readonly faults: readonly FaultSummary[];
  /** Orders that are there already. */
  readonly duplicates: number;
}

const shownOrders = 10;
const lookedThrough = 10_000; // Where the first orders are.
const mostRowsShown = 100; // Of an order of hundreds of rows the first tell how they are understood.

/** How a file is understood: its columns, the first orders, and what is wrong by kind. */
export async function previewImport(sql: Sql, given: Import): Promise<ImportPreview> {
  const { importId, plan } = given;
  const [orders, { faultCounts }, reasons] = await Promise.all([
    listFirstOrders(sql, { importId, to: lookedThrough, limit: shownOrders }),
    getFaultCounts(sql, { importId }),
    countReasons(sql, { importId }),
  ]);
  const rows = await rowsByOrder(
    sql,
    importId,
    orders.map(({ orderNo }) => orderNo),
  );
  const shown = orders.map(({ orderNo, reference, draft, orderId }): PreviewedOrder => {
    const own = rows.get(orderNo) ?? [];
    // A draft is forgotten once its order is placed, and read again from its rows.
    const read = orderId === null || plan === null ? draft : rereadOrder(plan, given.options, own).draft;
    return { orderNo, reference, draft: read as OrderDraft | null, rows: own.slice(0, mostRowsShown) };
  });
  return { plan, orders: shown, faults: [...faultCounts, ...reasons], duplicates: given.ordersDuplicate };
}

type RawRow = PreviewedOrder["rows"][number];

/** The rows of orders, with those of their fragments elsewhere. */
async function rowsByOrder(sql: Sql, importId: bigint, orderNos: readonly number[]): Promise<Map<number, RawRow[]>> {
  const fragments = await listFragments(sql, { importId, orderNos: [...orderNos] });
  const orderOf = new Map(fragments.map(({ fragmentNo, orderNo }) => [fragmentNo, orderNo]));
  const rowNos = fragments.flatMap(({ fragmentNo, rows }) => numbersFrom(fragmentNo, rows));
  const rows = await listRowsOf(sql, { importId, rowNos });
  const byOrder = new Map<number, RawRow[]>();
  for (const { orderNo, rowNo, line, raw } of rows) {
    const whole = orderOf.get(orderNo) ?? orderNo;
    const own = byOrder.get(whole) ?? [];
    own.push({ rowNo, line, raw });
    byOrder.set(whole, own);
  }
  return byOrder;
}
