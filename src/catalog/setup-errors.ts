import { refusal } from "../platform/errors.ts";

/** A mistake in a file, with where it stands. */
export interface SetupFault {
  readonly line: number;
  readonly column: number;
  /** Empty where the file cannot be read as a whole. */
  readonly pointer: string;
  readonly detail: string;
}

export const setupInvalid = refusal<{ file: string; faults: readonly SetupFault[] }>(
  "setup.invalid",
  "invalid",
  ({ file, faults }) => `${file} has ${faults.length === 1 ? "a mistake" : `${faults.length} mistakes`}.`,
);
