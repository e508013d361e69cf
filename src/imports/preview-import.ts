import type { OrderDraft } from "../orders/index.ts";
import type { Sql } from "../platform/db.ts";
import { listFragments } from "./fragment-queries.ts";
import type { Import } from "./import.ts";
import { getFaultCounts, listSameContent, type SameContent } from "./import-queries.ts";
import { countReasons, listFirstOrders, listRowsOf } from "./import-row-queries.ts";
import { numbersFrom } from "./merge-fragments.ts";
import { type FilePlan, mostRowsOfOrder } from "./reading.ts";
import { rereadOrder } from "./reread-order.ts";
import { longestRow } from "./split-rows.ts";

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
  /** Imports of the same content under other sources: what is not there under its own would be placed a second time. */
  readonly sameContent: readonly SameContent[];
}

const shownOrders = 10;
const shownImports = 5;
const lookedThrough = 10_000; // Where the first orders are.
// Of an order of hundreds of rows the first tell how they are understood, of a row of a megabyte its beginning.
const shown = { rows: 100, characters: 1_000 };

/** How a file is understood: its columns, the first orders, and what is wrong by kind. */
export async function previewImport(sql: Sql, given: Import): Promise<ImportPreview> {
  const { importId, plan, source, contentHash } = given;
  const [orders, { faultCounts }, reasons, sameContent] = await Promise.all([
    listFirstOrders(sql, { importId, to: lookedThrough, limit: shownOrders }),
    getFaultCounts(sql, { importId }),
    countReasons(sql, { importId }),
    listSameContent(sql, { importId, source, contentHash, limit: shownImports }),
  ]);
  const isPlaced = ({ orderId }: { orderId: bigint | null }) => orderId !== null;
  const [placed, others] = await Promise.all([
    rowsByOrder(sql, given, orders.filter(isPlaced), { rows: mostRowsOfOrder, characters: longestRow }),
    rowsByOrder(
      sql,
      given,
      orders.filter((one) => !isPlaced(one)),
      shown,
    ),
  ]);
  const previewed = orders.map((order): PreviewedOrder => {
    const { orderNo, reference, draft } = order;
    const own = (isPlaced(order) ? placed : others).get(orderNo) ?? [];
    // A draft is forgotten once its order is placed, and read again from its rows.
    const read = !isPlaced(order) || plan === null ? draft : rereadOrder(plan, given.options, own).draft;
    return { orderNo, reference, draft: read as OrderDraft | null, rows: own.slice(0, shown.rows) };
  });
  const faults = [...faultCounts, ...reasons];
  return { plan, orders: previewed, faults, duplicates: given.ordersDuplicate, sameContent };
}

type RawRow = PreviewedOrder["rows"][number];

/** The rows of orders, with those of their fragments elsewhere: so many of each, and so much of each text. */
async function rowsByOrder(
  sql: Sql,
  { importId }: Import,
  orders: readonly { readonly orderNo: number }[],
  most: { readonly rows: number; readonly characters: number },
): Promise<Map<number, RawRow[]>> {
  const orderNos = orders.map(({ orderNo }) => orderNo);
  const fragments = await listFragments(sql, { importId, orderNos, limit: most.rows });
  const orderOf = new Map(fragments.map(({ fragmentNo, orderNo }) => [fragmentNo, orderNo]));
  const rowNos = [...Map.groupBy(fragments, ({ orderNo }) => orderNo).values()].flatMap((own) =>
    own.flatMap(({ fragmentNo, rows }) => numbersFrom(fragmentNo, rows)).slice(0, most.rows),
  );
  const rows = await listRowsOf(sql, { importId, rowNos, characters: most.characters });
  return Map.groupBy(rows, ({ orderNo }) => orderOf.get(orderNo) ?? orderNo);
}
