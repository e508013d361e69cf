/** Why the embedded PostgreSQL cannot run, in one sentence for the person who starts it. */
export class EmbeddedPostgresError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "EmbeddedPostgresError";
  }
}

/** What systems and PostgreSQL write, and what it means for the folder that was given. */
const explanations: readonly { readonly sign: RegExp; readonly sentence: (dataDir: string) => string }[] = [
  {
    sign: /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded|\b53100\b/,
    sentence: (dataDir) =>
      `The disk that holds ${dataDir} is full: free some space, or choose another folder with --data-dir.`,
  },
  {
    sign: /EROFS|Read-only file system/,
    sentence: (dataDir) => `${dataDir} is on a read-only disk: choose a folder that can be written with --data-dir.`,
  },
  {
    sign: /EACCES|EPERM|Permission denied|Operation not permitted/,
    sentence: (dataDir) => `${dataDir} cannot be written by this user: choose a folder of your own with --data-dir.`,
  },
  {
    sign: /ENOTDIR|EEXIST|Not a directory/,
    sentence: (dataDir) => `${dataDir} is not a folder: choose one with --data-dir.`,
  },
  {
    sign: /error while loading shared libraries|cannot execute|ENOEXEC/,
    sentence: () => "The embedded PostgreSQL does not run on this system: name one of your own in DATABASE_URL.",
  },
];

function signsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  return `${code} ${error.message}`;
}

/** Turns what a system call, PostgreSQL or its log said into a sentence; what is not known is told as it is. */
export function explain(error: unknown, dataDir: string): EmbeddedPostgresError {
  if (error instanceof EmbeddedPostgresError) return error;
  const signs = signsOf(error);
  const known = explanations.find(({ sign }) => sign.test(signs));
  if (known) return new EmbeddedPostgresError(known.sentence(dataDir), error);
  return new EmbeddedPostgresError(`The embedded PostgreSQL in ${dataDir} does not start: ${signs.trim()}`, error);
}
