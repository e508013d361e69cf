import { refusal } from "../platform/errors.ts";
import { type ImportStatus, isImportOver } from "./import.ts";

export const importNotFound = refusal<{ import: string }>(
  "import.not_found",
  "not-found",
  ({ import: named }) => `There is no import ${named}.`,
);

export const importCannotMove = refusal<{ status: ImportStatus; wanted: string; allowed: readonly string[] }>(
  "import.cannot_move",
  "conflict",
  ({ status, wanted, allowed }) =>
    `The import is ${status}; it cannot ${wanted}. It can ${allowed.length > 0 ? allowed.join(" or ") : "nothing else"} now.`,
);

export const importExists = refusal<{ import: string }>(
  "import.exists",
  "conflict",
  ({ import: other }) => `Import ${other} has this file with these options already.`,
);

export const importNotRead = refusal<{ status: ImportStatus }>("import.not_read", "conflict", ({ status }) =>
  isImportOver(status)
    ? `The import is ${status}, and its file was never read to the end: no row was rejected.`
    : "The file is still being read; ask again when the import is ready.",
);

export const importFileGone = refusal<object>(
  "import.file_gone",
  "conflict",
  () => "The file is not kept any more; upload it again.",
);

export const importTooManyWatchers = refusal<{ most: number }>(
  "import.too_many_watchers",
  "unavailable",
  ({ most }) => `This process has its ${most} streams of imports open already; ask for the progress from time to time.`,
);

export const importTooManyUploads = refusal<{ most: number }>(
  "import.too_many_uploads",
  "unavailable",
  ({ most }) => `This process takes in ${most} files at once, and has as many; try again.`,
);
