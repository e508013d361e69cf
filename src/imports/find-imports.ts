import type { Sql, Tx } from "../platform/db.ts";
import { type Page, type PageWanted, pageById } from "../platform/page-by-id.ts";
import type { Import, ImportStatus } from "./import.ts";
import { importNotFound } from "./import-errors.ts";
import { findImportByUid, listImportsBy, lockImport } from "./import-queries.ts";

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An import by its UUID; undefined when nothing has it. */
export async function findImport(sql: Sql, uid: string): Promise<Import | undefined> {
  return uuidShape.test(uid) ? findImportByUid(sql, { uid }) : undefined;
}

/**
 * An import by its UUID.
 * @throws import.not_found
 */
export async function getImport(sql: Sql, uid: string): Promise<Import> {
  const found = await findImport(sql, uid);
  if (!found) throw importNotFound({ import: uid });
  return found;
}

/**
 * An import, held until the transaction ends.
 * @throws import.not_found
 */
export async function holdImport(tx: Tx, uid: string): Promise<Import> {
  const held = uuidShape.test(uid) ? await lockImport(tx, { uid }) : undefined;
  if (!held) throw importNotFound({ import: uid });
  return held;
}

export interface ImportFilter {
  readonly status?: ImportStatus | undefined;
  readonly source?: string | undefined;
}

/**
 * Imports, newest first.
 * @throws list.cursor_unknown
 */
export function listImports(sql: Sql, filter: ImportFilter, wanted: PageWanted): Promise<Page<Import>> {
  return pageById(
    wanted,
    (found) => found.importId,
    (page) => listImportsBy(sql, { ...filter }, page),
  );
}
