import { change, many, type Sql, type Tx } from "../platform/db.ts";

/** Imports that were over before then and have their file still, the oldest first. */
export const listImportsWithFile = many<
  Sql,
  { endedBefore: Date; limit: number },
  { importId: bigint; blobKey: string }
>(
  "imports.list_imports_with_file",
  `
  select import_id, blob_key
    from imports.imports
   where blob_key is not null and ended_at < :endedBefore
   order by import_id
   limit :limit`,
);

/** Changes nothing where the import was begun anew meanwhile. */
export const unlinkFile = change<Tx, { importId: bigint; endedBefore: Date }>(
  "imports.unlink_file",
  `
  update imports.imports
     set blob_key = null
   where import_id = :importId and blob_key is not null and ended_at < :endedBefore`,
);

/** Those of the keys that are an import's file. */
export const findFiles = many<Sql, { blobKeys: string[] }, { blobKey: string }>(
  "imports.find_files",
  `
  select blob_key
    from imports.imports
   where blob_key = any(:blobKeys::text[])`,
);
