import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { givenSite } from "../support/serve.ts";

const program = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

test("a process whose log nobody reads any more serves on, and ends in order (N06)", async () => {
  const { url, dataDir } = await givenSite();
  const env = { PATH: process.env.PATH ?? "", DATABASE_URL: url, DATA_DIR: dataDir, PORT: "0", LOG_LEVEL: "trace" };
  const child = spawn(process.execPath, [program, "serve"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  try {
    const address = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        const [, found] = /serves on (http\S+)/.exec(line) ?? [];
        if (found) resolve(found);
      });
      exited.then(([code]) => reject(new Error(`It ended with ${code}.`)));
    });
    child.stdout.destroy();
    child.stderr.destroy();
    for (let asked = 0; asked < 20; asked += 1) assert.equal((await fetch(`${address}/health/live`)).status, 200);
    await eventually("it is ready", async () => (await fetch(`${address}/health/ready`)).status === 200);
    child.kill("SIGTERM");
    assert.deepEqual(await exited, [0, null]);
  } finally {
    child.kill("SIGKILL");
  }
});

const fullDisk = "/dev/full";

test("a process whose log finds its disk full serves on, and counts what it could not write", {
  skip: existsSync(fullDisk) ? false : "This system has no /dev/full.",
}, async () => {
  const { url, dataDir } = await givenSite();
  const [port, metricsPort] = [await freePort(), await freePort()];
  const ports = { PORT: String(port), METRICS_PORT: String(metricsPort) };
  const env = { PATH: process.env.PATH ?? "", DATABASE_URL: url, DATA_DIR: dataDir, LOG_LEVEL: "trace", ...ports };
  const full = openSync(fullDisk, "w");
  const child = spawn(process.execPath, [program, "serve"], { env, stdio: ["ignore", full, "ignore"] });
  closeSync(full);
  const exited = once(child, "exit");
  try {
    const live = `http://127.0.0.1:${port}/health/live`;
    await eventually("it serves", async () => (await fetch(live)).status === 200);
    await eventually("what was lost is counted", async () => {
      assert.equal((await fetch(live)).status, 200);
      const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      return /^orderwell_log_writes_lost_total [1-9]/m.test(metrics);
    });
    child.kill("SIGTERM");
    assert.deepEqual(await exited, [0, null]);
  } finally {
    child.kill("SIGKILL");
  }
});
