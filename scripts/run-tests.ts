/** Starts one cluster for all test files, runs them, and stops it whatever happens. */
import { type ChildProcess, spawn } from "node:child_process";
import { globSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findPostmaster } from "../src/platform/find-postmaster.ts";
import { ensureTemplate, joinCluster, startCluster, type TestCluster } from "../test/support/cluster.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const testsAtOnce = 2; // Files at once, on the two cores of a small machine.
const testTimeoutMs = 120_000;
const chaosTimeoutMs = 3_600_000;
const signalled = 130;
const patience = { maxRetries: 20, retryDelay: 50 }; // A server that ends still writes for a moment.

const chaos = process.argv.includes("--chaos");
const given = process.argv.slice(2).filter((argument) => argument !== "--chaos");
const nodeFlags = given.filter((argument) => argument.startsWith("-"));
const patterns = given.filter((argument) => !argument.startsWith("-"));

/** The files to run. Those that end in `-long.test.ts`, and the full length of test/chaos, test/faults and test/fuzz, want `--chaos`. */
async function listFiles(): Promise<string[]> {
  const wanted =
    patterns.length > 0 ? patterns : chaos ? ["test/chaos", "test/faults", "test/fuzz"] : ["src", "test", "client"];
  const globs = await Promise.all(
    wanted.map(async (pattern) => {
      const folder = await stat(join(root, pattern)).then(
        (found) => found.isDirectory(),
        () => false,
      );
      return folder ? `${pattern.replace(/\/+$/, "")}/**/*.test.ts` : pattern;
    }),
  );
  const files = globSync(globs, { cwd: root }).filter((file) => file.endsWith(".test.ts"));
  return [...new Set(files)].filter((file) => chaos || !file.endsWith("-long.test.ts")).sort();
}

async function openCluster(folder: string): Promise<TestCluster> {
  if (process.env.TEST_DATABASE_URL) return joinCluster();
  const cluster = await startCluster(join(folder, "cluster"));
  process.env.TEST_DATABASE_URL = cluster.superuserUrl;
  process.env.TEST_DATABASE_ROLE = cluster.role;
  return cluster;
}

/** A folder for everything that the tests write; others may pass through, since some tests run as another user. */
async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "orderwell-run-"));
  await chmod(folder, 0o711);
  process.env.TMPDIR = folder;
  return folder;
}

/** Ends the servers that interrupted tests left in their folders, then removes it all. */
async function removeFolder(folder: string): Promise<void> {
  for (const pidFile of globSync("**/postmaster.pid", { cwd: folder })) {
    const left = await findPostmaster(join(folder, dirname(pidFile)));
    if (left) process.kill(left.pid, "SIGQUIT");
  }
  await rm(folder, { recursive: true, force: true, ...patience });
}

let running: ChildProcess | undefined;
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    interrupted = true;
    running?.kill(signal);
  });
}

function run(files: readonly string[], countsFile: string): Promise<number> {
  const flags = [
    `--test-concurrency=${testsAtOnce}`,
    `--test-timeout=${chaos ? chaosTimeoutMs : testTimeoutMs}`,
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    `--test-reporter=${join(root, "scripts", "report-counts.ts")}`,
    `--test-reporter-destination=${countsFile}`,
  ];
  running = spawn(process.execPath, ["--test", ...flags, ...nodeFlags, ...files], {
    cwd: root,
    env: { ...process.env, ...(chaos ? { CHAOS: "long" } : {}) },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise((resolve, reject) => {
    running?.once("error", reject);
    running?.once("exit", (code) => resolve(code ?? signalled));
  });
}

const files = await listFiles();
if (files.length === 0) {
  console.error(`There is no test file for ${patterns.join(" ") || "src, test and client"}.`);
  process.exit(1);
}
const folder = await makeFolder();
try {
  const cluster = await openCluster(folder);
  await ensureTemplate();
  const countsFile = join(folder, "counts");
  const code = interrupted ? signalled : await run(files, countsFile);
  const counts = await readFile(countsFile, "utf8").catch(() => "");
  const ran = /^ℹ tests [1-9]/m.test(counts);
  if (!ran && !interrupted) console.error("No test ran.");
  // After a failure the runner ends with what failed; the counts stand last either way.
  if (code !== 0) process.stdout.write(`\n${counts}`);
  process.exitCode = interrupted ? signalled : ran ? code : 1;
  await cluster.stop();
} finally {
  await removeFolder(folder);
}
