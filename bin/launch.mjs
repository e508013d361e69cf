// Finds Node 24 and runs a program with it. Runs on Node 20 without any package, so it is plain JavaScript.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

const neededMajor = 24;
const echoMs = 500; // npm and the terminal each send one Ctrl-C; the program shall hear it once.
const signalExit = 128;

/**
 * The young generation is half of what Node takes when it may. Less keeps the process smaller and pauses shorter, but what an
 * import is at work on is then copied again and again: with a quarter, collecting was a third of an import's time in Node.
 * The old one is collected when it has grown by 150 percent; Node would let it grow up to fourfold: while a file is imported the
 * process grows by 94 MB so, by 172 otherwise, and by 70 with 60 percent, where it imports more slowly (2026-11).
 */
const nodeFlags = JSON.parse(readFileSync(new URL("node-flags.json", import.meta.url), "utf8"));

/** A Node that runs TypeScript as it is: the one that runs us, or the one that npm installed. */
export function findNode() {
  if (Number(process.versions.node.split(".")[0]) >= neededMajor) return process.execPath;
  const installed = join(root, "node_modules", ".bin", "node");
  if (existsSync(installed)) return installed;
  console.error(`Orderwell needs Node ${neededMajor}, and its packages are not installed: run npm install in ${root}`);
  process.exit(1);
}

/**
 * Runs Node with these arguments until it ends, and ends with its code. Passes signals on. The program is in a session of
 * its own, so that the terminal's Ctrl-C comes through us alone, and ends when we are killed.
 */
export function launch(args, { env = process.env } = {}) {
  const cache = env.NODE_COMPILE_CACHE ?? join(root, "node_modules", ".cache", "node");
  const follow = new URL("follow-launcher.mjs", import.meta.url).href;
  const child = spawn(
    findNode(),
    [...nodeFlags, "--disable-warning=ExperimentalWarning", `--import=${follow}`, ...args],
    {
      detached: true,
      env: { ...env, NODE_COMPILE_CACHE: cache },
      stdio: ["inherit", "inherit", "inherit", "ipc"],
    },
  );
  const passedAt = new Map();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      const now = performance.now();
      if (now - (passedAt.get(signal) ?? Number.NEGATIVE_INFINITY) < echoMs) return;
      passedAt.set(signal, now);
      child.kill(signal);
    });
  }
  return new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(`Node ${neededMajor} does not start: ${error.message}`);
      resolve(1);
    });
    child.once("exit", (code, signal) => resolve(code ?? signalExit + constants.signals[signal]));
  });
}
