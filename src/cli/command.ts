import type { PictureMaker } from "../catalog/index.ts";
import type { BlobStore } from "../platform/blob-store.ts";
import type { Config } from "../platform/config.ts";

/** How a command ended, as the shell hears it. */
export const exitCodes = {
  /** Done; for `verify`: nothing is wrong. */
  done: 0,
  /** Failed; for `verify`: something is wrong with what is stored. */
  failed: 1,
  /** Could not be run: a flag or a setting is wrong; for `verify`: the database could not be asked. */
  unusable: 2,
  /** For `import`: done, and not all of it: orders were rejected. */
  partly: 3,
  /** For `import`: left before its end; it goes on when it is asked to. */
  left: 4,
} as const;

export interface Flag {
  readonly type: "string" | "boolean";
  /** It may be given several times. */
  readonly multiple?: boolean;
  readonly help: string;
}

/** Something that was started and goes on until it is stopped. */
export interface Running {
  stop(): Promise<void>;
}

export interface Serving extends Running {
  readonly address: string;
  readonly apiKey: string;
  readonly setupLink: string | undefined;
}

/** What the commands start and cannot import, since nothing but `app.ts` knows every module. */
export interface Program {
  startServe(config: Config, url: string): Promise<Serving>;
  startWork(config: Config, url: string): Promise<Running>;
  openBlobs(config: Config): Promise<BlobStore>;
  openPictures(): Promise<PictureMaker>;
}

/** One call of a command, with flags and settings that were read and found right. */
export interface Call {
  readonly flags: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
  readonly config: Config;
  readonly program: Program;
}

export interface Command {
  readonly flags: Readonly<Record<string, Flag>>;
  /** What comes after the flags, each by its name in the usage. */
  readonly positionals: readonly string[];
  /** How many of them must be given; all when left out. */
  readonly needed?: number;
  /** What --help says after the flags: exit codes, say. */
  readonly notes?: readonly string[];
  /** The variables of the settings that matter to it; all of them when left out. */
  readonly settings?: readonly string[];
  /** Does it and answers the exit code. */
  run(call: Call): Promise<number>;
}

/** What a command needs to know that only works on the database. */
export const databaseSettings: readonly string[] = ["DATABASE_URL", "DATA_DIR"];

/** Thrown by a command that was called wrongly; the sentence says how. */
export class WrongCall extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = "WrongCall";
  }
}
