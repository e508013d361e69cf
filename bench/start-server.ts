import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import nodeFlags from "../bin/node-flags.json" with { type: "json" };

const mainFile = new URL("../src/main.ts", import.meta.url).pathname;
const pollMs = 5;
const patienceMs = 30_000;

export interface Server {
  readonly port: number;
  readonly pid: number;
  readonly apiKey: string;
  /** From the start of the process to its first healthy answer. */
  readonly startMs: number;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** Starts the program as a user does, in a process of its own, and waits until it says that it is ready. */
export async function startServer(given: {
  dataDir: string;
  databaseUrl?: string;
  jobs?: "here" | "elsewhere";
}): Promise<Server> {
  const port = await freePort();
  const startedAt = performance.now();
  const flags = ["--port", String(port), "--data-dir", given.dataDir, "--jobs", given.jobs ?? "here"];
  const env = { ...process.env, DATABASE_URL: given.databaseUrl ?? "" };
  const child = spawn(process.execPath, [...nodeFlags, mainFile, "serve", ...flags], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const startMs = await untilReady(child, port, startedAt);
  const keyFile = join(given.dataDir, "api-key");
  if (!existsSync(keyFile)) throw new Error("The server made no API key.");
  return {
    port,
    pid: child.pid as number,
    apiKey: readFileSync(keyFile, "utf8").trim(),
    startMs,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

async function untilReady(child: ChildProcess, port: number, startedAt: number): Promise<number> {
  while (performance.now() - startedAt < patienceMs) {
    if (child.exitCode !== null) throw new Error(`The server ended with code ${child.exitCode}.`);
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    if (ready?.ok) return performance.now() - startedAt;
    await sleep(pollMs);
  }
  throw new Error("The server was not ready in time.");
}

/** What the process holds in memory, in MB. */
export function residentMb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}
