import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../bin/", import.meta.url));
const boundMs = 30_000;
const pollMs = 10;

/** Tells its number and the signals that it hears; ends by SIGTERM with 7. */
const listener = `
  const hold = setInterval(() => {}, 1e6);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {
    console.log(signal);
    if (signal === "SIGTERM") { clearInterval(hold); process.exitCode = 7; }
  });
  console.log(process.pid);`;

/** A launcher that launches the program above. */
const launcher = `
  const { launch } = await import(process.argv[1]);
  process.exitCode = await launch(["-e", process.argv[2]]);`;

interface Launched {
  readonly child: ChildProcess;
  readonly told: string[];
  readonly pid: number;
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + boundMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Waited ${boundMs} ms in vain.`);
    await sleep(pollMs);
  }
}

async function launchListener(): Promise<Launched> {
  const args = ["--input-type=module", "-e", launcher, join(bin, "launch.mjs"), listener];
  const child = spawn(process.execPath, args, { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const told: string[] = [];
  createInterface(child.stdout).on("line", (line) => told.push(line));
  await until(() => told.length > 0);
  return { child, told, pid: Number(told[0]) };
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("the launcher", () => {
  test("passes a signal on and ends with the program's code", async () => {
    const { child, told } = await launchListener();
    child.kill("SIGTERM");
    await once(child, "exit");
    assert.equal(child.exitCode, 7);
    assert.deepEqual(told.slice(1), ["SIGTERM"]);
  });

  test("lets the program hear one Ctrl-C once, though the terminal and npm both send it", async () => {
    const { child, told, pid } = await launchListener();
    assert.notEqual(pid, child.pid);
    process.kill(-(child.pid ?? 0), "SIGINT");
    child.kill("SIGINT");
    await until(() => told.includes("SIGINT"));
    child.kill("SIGTERM");
    await once(child, "exit");
    assert.deepEqual(told.slice(1), ["SIGINT", "SIGTERM"]);
  });

  test("leaves no program behind when it is killed", async () => {
    const { child, told, pid } = await launchListener();
    child.kill("SIGKILL");
    await until(() => told.includes("SIGTERM"));
    await until(() => !lives(pid));
  });
});

describe("orderwell", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "orderwell-bin-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test("says what to do where nothing is installed", async () => {
    await cp(bin, join(folder, "bin"), { recursive: true });
    const { status, stderr } = spawnSync(process.execPath, [join(folder, "bin", "orderwell.mjs")], {
      encoding: "utf8",
    });
    assert.equal(status, 1);
    assert.equal(stderr, `Orderwell's packages are not installed: run npm install in ${join(folder, "/")}\n`);
  });
});
