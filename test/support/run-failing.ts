import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("failpoint-program.ts", import.meta.url));
const patienceMs = 60_000; // Only a program that hangs meets it.

export interface Outcome {
  /** The signal that ended it, or null when it ended by itself. */
  readonly signal: string | null;
  readonly lines: string[];
}

/** Runs failpoint-program.ts to its end, whatever that is. */
export function runFailing(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { timeout: patienceMs }, (_, out) =>
      resolve({ signal: child.signalCode, lines: out.split("\n").filter((line) => line !== "") }),
    );
  });
}
