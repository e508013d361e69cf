import { change, many, maybeOne, one, type Sql, type Tx } from "../platform/db.ts";
import { manyBy } from "../platform/filter-rows.ts";
import type { Import, ImportStage, ImportStatus } from "./import.ts";

const columns = `
  import_id, uid, source, name, status, paused_at, options, plan, blob_key, bytes, content_hash, options_hash, generation,
  stage, mark, read_bytes, stage_at, stage_from, runner, rows_read, rows_dropped, rows_placed, rows_rejected,
  rows_duplicate, orders_read, orders_dropped, orders_placed, orders_rejected, orders_duplicate, orders_unpaid,
  failure_code, failure_detail, created_by, last_sequence, created_at, updated_at, started_at, ended_at`;

/** What makes a file the same file. */
export type FileKey = { source: string; contentHash: string; optionsHash: string };

/** Answers nothing when the file has an import of this generation; waits for a transaction that makes one just now. */
export const insertImport = maybeOne<
  Tx,
  FileKey & {
    uid: string;
    name: string;
    options: string;
    blobKey: string;
    bytes: bigint;
    generation: number;
    createdBy: string;
    now: Date;
  },
  Import
>(
  "imports.insert_import",
  `
  insert into imports.imports
    (uid, source, name, options, blob_key, bytes, content_hash, options_hash, generation, created_by, created_at, updated_at)
  values (:uid, :source, :name, :options::jsonb, :blobKey, :bytes, :contentHash, :optionsHash, :generation, :createdBy,
          :now, :now)
      on conflict (source, content_hash, options_hash, generation) do nothing
  returning ${columns}`,
);

/** An import of a file, and how often the file was taken in. */
export type ImportOfFile = Import & { readonly newestGeneration: number };

/** The import of a file that counts: the newest, but one that came to nothing only when there is no other. */
export const findImportOfFile = maybeOne<Sql, FileKey, ImportOfFile>(
  "imports.find_import_of_file",
  `
  select *
    from (select ${columns}, max(generation) over () as newest_generation
            from imports.imports
           where source = :source and content_hash = :contentHash and options_hash = :optionsHash) as of_file
   order by status in ('cancelled', 'failed') and orders_placed = 0, generation desc
   limit 1`,
);

/** Another import of the same content, with orders of its own. */
export type SameContent = { importUid: string; source: string };

/** Imports of a file under other sources that placed orders or may yet, newest first. */
export const listSameContent = many<
  Sql,
  { importId: bigint; source: string; contentHash: string; limit: number },
  SameContent
>(
  "imports.list_same_content",
  `
  select uid as import_uid, source
    from imports.imports
   where content_hash = :contentHash and import_id <> :importId and source <> :source
     and (ended_at is null or orders_placed > 0)
   order by import_id desc
   limit :limit`,
);

export const findImportByUid = maybeOne<Sql, { uid: string }, Import>(
  "imports.find_import_by_uid",
  `
  select ${columns}
    from imports.imports
   where uid = :uid::uuid`,
);

/** Holds the import until the transaction ends. Every verb that moves one takes this first. */
export const lockImport = maybeOne<Tx, { uid: string }, Import>(
  "imports.lock_import",
  `
  select ${columns}
    from imports.imports
   where uid = :uid::uuid
     for no key update`,
);

/** Imports, newest first. */
export const listImportsBy = manyBy<{ status?: ImportStatus | undefined; source?: string | undefined }, Import>(
  "imports.list_imports",
  { status: "status = :status", source: "source = :source" },
  (conditions) => `
  select ${columns}
    from imports.imports
   where import_id < :before${conditions}
   order by import_id desc
   limit :limit`,
);

/** What a move of an import changes; counts are added to apart. */
export type ImportState = {
  importId: bigint;
  source: string;
  status: ImportStatus;
  pausedAt: Date | null;
  options: string;
  optionsHash: string;
  generation: number;
  plan: string | null;
  stage: ImportStage | null;
  mark: number;
  readBytes: bigint;
  stageAt: Date | null;
  stageFrom: number;
  runner: string | null;
  ordersUnpaid: number;
  failureCode: string | null;
  failureDetail: string | null;
  lastSequence: number;
  startedAt: Date | null;
  endedAt: Date | null;
  now: Date;
};

/** The caller holds the row. */
export const saveImport = change<Tx, ImportState>(
  "imports.save_import",
  `
  update imports.imports
     set source = :source, status = :status, paused_at = :pausedAt, options = :options::jsonb, options_hash = :optionsHash,
         generation = :generation, plan = :plan::jsonb, stage = :stage, mark = :mark, read_bytes = :readBytes,
         stage_at = :stageAt, stage_from = :stageFrom, runner = :runner::uuid, orders_unpaid = :ordersUnpaid,
         failure_code = :failureCode, failure_detail = :failureDetail, last_sequence = :lastSequence,
         started_at = :startedAt, ended_at = :endedAt, updated_at = :now
   where import_id = :importId`,
);

/** Forgets what was counted, before a file is read again. The caller holds the row. */
export const resetCounts = change<Tx, { importId: bigint }>(
  "imports.reset_counts",
  `
  update imports.imports
     set rows_read = 0, rows_dropped = 0, rows_placed = 0, rows_rejected = 0, rows_duplicate = 0, orders_read = 0,
         orders_dropped = 0, orders_placed = 0, orders_rejected = 0, orders_duplicate = 0, orders_unpaid = 0,
         fault_counts = '[]'
   where import_id = :importId`,
);

/** What a piece of work adds. */
export type ImportProgress = {
  rowsRead: number;
  rowsDropped: number;
  rowsPlaced: number;
  rowsRejected: number;
  rowsDuplicate: number;
  ordersRead: number;
  ordersDropped: number;
  ordersPlaced: number;
  ordersRejected: number;
  ordersDuplicate: number;
};

/**
 * Counts what a piece of work did and moves the mark, if the runner still has the import and it is still at this stage:
 * else it changes nothing, and the piece must be rolled back. Answers whether the import should rest now. The last statement of a piece, so that pieces that are
 * under way at once wait for each other only here.
 */
export const addProgress = maybeOne<
  Tx,
  ImportProgress & {
    importId: bigint;
    runner: string;
    stage: ImportStage;
    mark: number;
    readBytes: bigint;
    now: Date;
  },
  { pausedAt: Date | null }
>(
  "imports.add_progress",
  `
  update imports.imports
     set rows_read = rows_read + :rowsRead, rows_dropped = rows_dropped + :rowsDropped,
         rows_placed = rows_placed + :rowsPlaced, rows_rejected = rows_rejected + :rowsRejected,
         rows_duplicate = rows_duplicate + :rowsDuplicate, orders_read = orders_read + :ordersRead,
         orders_dropped = orders_dropped + :ordersDropped, orders_placed = orders_placed + :ordersPlaced,
         orders_rejected = orders_rejected + :ordersRejected, orders_duplicate = orders_duplicate + :ordersDuplicate,
         mark = greatest(mark, :mark), read_bytes = greatest(read_bytes, :readBytes), updated_at = :now
   where import_id = :importId and runner = :runner::uuid and stage = :stage
  returning paused_at`,
);

/** The kinds of faults that reading found, most frequent first. */
export type FaultCount = { code: string; column: string | null; rows: number };

export const saveFaultCounts = change<Tx, { importId: bigint; faultCounts: string }>(
  "imports.save_fault_counts",
  "update imports.imports set fault_counts = :faultCounts::jsonb where import_id = :importId",
);

export const getFaultCounts = one<Sql, { importId: bigint }, { faultCounts: FaultCount[] }>(
  "imports.get_fault_counts",
  "select fault_counts from imports.imports where import_id = :importId",
);
