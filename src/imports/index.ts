export { cancelImport } from "./cancel-import.ts";
export { clearLeftFiles, clearOldFiles } from "./clear-files-flow.ts";
export { getImport } from "./find-imports.ts";
export { fingerprintOfOptions } from "./fingerprint.ts";
export { measureIdleImports } from "./idle-import-queries.ts";
export {
  type Import,
  type ImportCounts,
  type ImportPace,
  type ImportStage,
  type ImportStatus,
  isImportOver,
  ordersPending,
  paceOf,
} from "./import.ts";
export { ImportOptions } from "./import-options.ts";
export type { ImportRow } from "./import-row-queries.ts";
export { withKeptFile } from "./keep-file-flow.ts";
export { listImportRows } from "./list-import-rows.ts";
export { type FaultSummary, type ImportPreview, previewImport } from "./preview-import.ts";
export { readOptions } from "./read-options.ts";
export { type ReceivedFile, type ReceivedImport, receiveImport } from "./receive-import.ts";
export { runImport } from "./run-import.ts";
export { type AskedOfImport, startImport } from "./start-import.ts";
export { openImportWatch } from "./watch-imports.ts";
export { planOf, writeRejectedFile } from "./write-rejected-file.ts";
