import type { ImportOptions } from "./import-options.ts";
import type { FilePlan } from "./reading.ts";

/** How much of a file is looked at to understand it. */
export const sampleBytes = 262_144;

/** Says how a file is to be read, from its first `sampleBytes` or all of it. */
export function recognizeFile(_sample: Buffer, _options: ImportOptions): FilePlan {
  throw new Error("Not there yet.");
}

/** Refuses options that no file can be read with. */
export function checkImportOptions(_options: ImportOptions): void {}
