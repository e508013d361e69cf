// Every static check at once, under a minute. Plain JavaScript: it may be started by a Node that cannot run the rest.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installMissing } from "./install.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const tools = join(root, "node_modules/.bin");
const guards = "test/architecture";

/** The guards that need no database; the others run with the tests. */
function listGuards() {
  return readdirSync(join(root, guards))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(guards, name))
    .filter((path) => !readFileSync(join(root, path), "utf8").includes("../support/"));
}

/** Runs one check, and answers what it printed only when it failed. */
function run({ name, command, args }) {
  const began = performance.now();
  return new Promise((resolve) => {
    const child = spawn(join(tools, command), args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const listen = (chunk) => {
      said += chunk;
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("error", (error) => resolve({ name, passed: false, seconds: 0, said: `${error.message}\n` }));
    child.on("close", (code) =>
      resolve({ name, passed: code === 0, seconds: (performance.now() - began) / 1000, said }),
    );
  });
}

installMissing({ development: true });

const checks = [
  { name: "types", command: "tsc", args: ["--noEmit", "--pretty", "false"] },
  { name: "lint", command: "biome", args: ["check", "--error-on-warnings", "--max-diagnostics=200", "."] },
  { name: "imports", command: "node", args: ["scripts/cruise.ts"] },
  { name: "unused", command: "knip", args: ["--no-progress", "--no-config-hints"] },
  { name: "guards", command: "node", args: ["--test", "--test-reporter=dot", ...listGuards()] },
];

const results = await Promise.all(
  checks.map(async (check) => {
    const result = await run(check);
    console.log(`${result.passed ? "passed" : "FAILED"}  ${result.name.padEnd(8)} ${result.seconds.toFixed(1)} s`);
    return result;
  }),
);

const failed = results.filter((result) => !result.passed);
for (const { name, said } of failed) console.log(`\n${name}\n${said.trimEnd()}`);
process.exitCode = failed.length === 0 ? 0 : 1;
