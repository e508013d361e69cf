import { type Static, Type } from "typebox";
import { type Import, importStages, importStatuses, ordersPending } from "./import.ts";
import { GivenImportOptions, type ImportOptions } from "./import-options.ts";

const Time = Type.String({ format: "date-time" });
const TimeOrNull = (description: string, example: string | null) =>
  Type.Union([Time, Type.Null()], { description, examples: [example] });
const count = (description: string, example: number) => Type.Integer({ minimum: 0, description, examples: [example] });

const ImportRowCounts = Type.Object(
  {
    read: count("Rows read so far, without header and blank lines.", 7),
    placed: count("Rows of orders that were placed.", 4),
    rejected: count("Rows of orders that were not: `rejected.csv` has them.", 2),
    duplicate: count("Rows of orders that were there already.", 0),
    dropped: count("Rows left out by a declared policy.", 1),
    pending: count("Rows of orders that are none of this yet.", 0),
  },
  { title: "ImportRowCounts" },
);

const ImportOrderCounts = Type.Object(
  {
    read: count("Orders found so far.", 3),
    placed: count("Placed.", 2),
    rejected: count("Not placed, each for a reason that its rows tell.", 1),
    duplicate: count("There already, by reference or UUID.", 0),
    dropped: count("Left out whole by a declared policy.", 0),
    pending: count("None of this yet.", 0),
    unpaid: count("Of those placed with `payment: charge`: not paid when the import ended.", 0),
  },
  { title: "ImportOrderCounts" },
);

const uid = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";
const at = (path: string) => Type.String({ examples: [`/api/v2/${path}`] });

const optionsExample: ImportOptions = {
  format: "auto",
  encoding: "auto",
  delimiter: "auto",
  grouping: "auto",
  locale: "iso",
  time_zone: "UTC",
  negative_quantity: "reject",
  cancellations: "reject",
  zero_price: "reject",
  missing_email: "reject",
  tax: "added",
  payment: "none",
  pay_within_hours: 720,
  notify: false,
  auto_start: false,
};

export const ImportView = Type.Object(
  {
    id: Type.String({ format: "uuid", examples: [uid] }),
    name: Type.String({ description: "What the file is called.", examples: ["orders.csv"] }),
    source: Type.String({ description: "Whose order references these are.", examples: ["webshop"] }),
    status: Type.Enum([...importStatuses], { title: "ImportStatus", examples: ["completed_with_errors"] }),
    paused: Type.Boolean({ description: "Running, and resting.", examples: [false] }),
    stage: Type.Union([Type.Enum([...importStages], { title: "ImportStage" }), Type.Null()], {
      description: "What is being done; null when nothing is.",
      examples: [null],
    }),
    options: Type.Unsafe<ImportOptions>({ ...GivenImportOptions, examples: [optionsExample] }),
    bytes: Type.Unsafe<bigint>(count("The size of the file.", 512)),
    generation: Type.Integer({
      minimum: 1,
      description: "Which time it is for this file and these options.",
      examples: [1],
    }),
    rows: ImportRowCounts,
    orders: ImportOrderCounts,
    failure: Type.Union(
      [
        Type.Object(
          { code: Type.String(), detail: Type.String() },
          { title: "ImportFailure", description: "Why it failed: what `docs/errors.md` lists, and a sentence." },
        ),
        Type.Null(),
      ],
      { examples: [null] },
    ),
    file_kept: Type.Boolean({ description: "Whether the file is still there, to be read again.", examples: [true] }),
    created_by: Type.String({ description: "The id of the API key, or `cli`.", examples: [uid] }),
    created_at: Time,
    updated_at: Time,
    started_at: TimeOrNull("When its orders began to be placed.", null),
    ended_at: TimeOrNull("When it was over.", null),
    links: Type.Object(
      {
        orders: at(`orders?import_id=${uid}`),
        preview: at(`imports/${uid}/preview`),
        rows: at(`imports/${uid}/rows`),
        rejected: at(`imports/${uid}/rejected.csv`),
        summary: at(`imports/${uid}/summary`),
        progress: at(`imports/${uid}/progress`),
        events: at(`imports/${uid}/events`),
      },
      { title: "ImportLinks" },
    ),
  },
  { title: "Import" },
);
export type ImportView = Static<typeof ImportView>;

export const ImportListView = Type.Object(
  {
    data: Type.Array(ImportView),
    next_cursor: Type.Union([Type.String(), Type.Null()], { description: "Null on the last page.", examples: [null] }),
  },
  { title: "ImportPage" },
);

function rowCounts(given: Import): ImportView["rows"] {
  const { rowsRead, rowsPlaced, rowsRejected, rowsDuplicate, rowsDropped } = given;
  return {
    read: rowsRead,
    placed: rowsPlaced,
    rejected: rowsRejected,
    duplicate: rowsDuplicate,
    dropped: rowsDropped,
    pending: rowsRead - rowsPlaced - rowsRejected - rowsDuplicate - rowsDropped,
  };
}

function orderCounts(given: Import): ImportView["orders"] {
  return {
    read: given.ordersRead,
    placed: given.ordersPlaced,
    rejected: given.ordersRejected,
    duplicate: given.ordersDuplicate,
    dropped: given.ordersDropped,
    pending: ordersPending(given),
    unpaid: given.ordersUnpaid,
  };
}

export function importPath(uid: string): string {
  return `/api/v2/imports/${uid}`;
}

function linksOf(uid: string): ImportView["links"] {
  const path = importPath(uid);
  return {
    orders: `/api/v2/orders?import_id=${uid}`,
    preview: `${path}/preview`,
    rows: `${path}/rows`,
    rejected: `${path}/rejected.csv`,
    summary: `${path}/summary`,
    progress: `${path}/progress`,
    events: `${path}/events`,
  };
}

export function importView(given: Import): ImportView {
  const { failureCode, failureDetail } = given;
  return {
    id: given.uid,
    name: given.name,
    source: given.source,
    status: given.status,
    paused: given.pausedAt !== null,
    stage: given.stage,
    options: given.options,
    bytes: given.bytes,
    generation: given.generation,
    rows: rowCounts(given),
    orders: orderCounts(given),
    failure: failureCode === null ? null : { code: failureCode, detail: failureDetail ?? "" },
    file_kept: given.blobKey !== null,
    created_by: given.createdBy,
    created_at: given.createdAt.toISOString(),
    updated_at: given.updatedAt.toISOString(),
    started_at: given.startedAt?.toISOString() ?? null,
    ended_at: given.endedAt?.toISOString() ?? null,
    links: linksOf(given.uid),
  };
}
