import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { environment } from "../../src/platform/config.ts";
import { eventually } from "./eventually.ts";

const program = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const longestMs = 120_000; // Only a command that hangs runs so long.

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

export interface Started {
  readonly child: ChildProcess;
  /** Waits until what it said, answer or not, matches. */
  said(line: RegExp): Promise<void>;
  ended(): Promise<Ended>;
}

/** Starts the program as a shell would, with these settings and none of whoever runs the tests. */
export function startOrderwell(args: readonly string[], settings: Readonly<Record<string, string>>): Started {
  const { PATH, HOME, TMPDIR } = environment;
  const inherited = Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined);
  const env = { ...Object.fromEntries(inherited), ...settings };
  const child = spawn(process.execPath, [program, ...args], { env, timeout: longestMs });
  const heard = { out: "", errors: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    heard.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    heard.errors += text;
  });
  const closed = once(child, "close");
  return {
    child,
    said: (line) => eventually(`it says ${line}`, () => line.test(heard.out) || line.test(heard.errors)),
    async ended() {
      await closed;
      return { code: child.exitCode, ...heard };
    },
  };
}

/** Runs it to its end; `input` is what comes in by its standard input. */
export function runOrderwell(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  input = "",
): Promise<Ended> {
  const { child, ended } = startOrderwell(args, settings);
  // A command that never reads closes its end.
  child.stdin?.on("error", () => {}).end(input);
  return ended();
}
