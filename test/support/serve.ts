import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { type TestDatabase, testDatabase } from "./database.ts";

/** What a client heard: an answer, or nothing because the connection broke. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Asking {
  readonly body?: unknown;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body goes out in pieces, without its length. */
  readonly streamed?: boolean;
}

/** A program of ours in a process of its own. */
export interface StartedProcess {
  readonly pid: number;
  /** The failpoints that it passed, when it was started with `TRACE`. */
  readonly passed: readonly string[];
  /** How the process ended. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** What it logged. */
  log(): string;
  signal(name: NodeJS.Signals): void;
  kill(): Promise<void>;
  /** Returns when it was killed by its failpoint; fails with its log when it was not. */
  killed(): Promise<void>;
  /** Ends it as SIGTERM does and answers the exit code. */
  stop(): Promise<number | null>;
}

/** A server in a process of its own. */
export interface ServingProcess extends StartedProcess {
  readonly address: string;
  readonly apiKey: string;
  /** Where the first owner comes in; absent when there is an owner, and in older releases. */
  readonly setupLink?: string;
  /** Sends a request with the API key; a body that is no text becomes JSON. Throws when the connection breaks. */
  send(method: string, path: string, asking?: Asking): Promise<Answered>;
}

/** A database and a folder that processes come and go on. */
export interface Site extends TestDatabase {
  readonly dataDir: string;
}

const serveProgram = new URL("../fakes/serve-process.ts", import.meta.url).pathname;
const workProgram = new URL("../fakes/work-process.ts", import.meta.url).pathname;
const startWithinMs = 30_000;
const killedWithinMs = 20_000;

/** Waits that take minutes in earnest take moments here: dead processes and lost payments are found within seconds. */
const impatient = {
  LEASE_SECONDS: "1",
  PAYMENT_TIMEOUT_MS: "600",
  PAYMENT_GRACE_MS: "400",
  PAYMENT_CHECK_MS: "100",
  DRAIN_TIMEOUT_MS: "10000",
} as const;

export const webhookSecret = `whsec_${Buffer.from("a secret of tests, 32 bytes long").toString("base64")}`;

const folders: string[] = [];
const running = new Set<ChildProcess>();

after(async () => {
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A fresh site; what is left of it goes after the file. */
export async function givenSite(): Promise<Site> {
  return { ...(await testDatabase()), dataDir: await givenFolder() };
}

export async function givenFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "orderwell-site-"));
  folders.push(folder);
  return folder;
}

/** What a process needs to know of its site. */
export type Ground = Pick<Site, "url" | "dataDir">;
type Settings = Readonly<Record<string, string>>;

/**
 * Starts a server on a site and returns when it listens. Fails with what it printed when it does not. `program` is that
 * of another version, if not of this one.
 */
export async function startServing(
  site: Ground,
  settings: Settings = {},
  program: string = serveProgram,
): Promise<ServingProcess> {
  const { ready, started } = await startProgram(program, site, settings);
  return { ...ready, ...started, send: (method, path, asking = {}) => sendTo(ready, method, path, asking) };
}

/** Starts a process that runs jobs and serves nothing, and returns when it does. */
export async function startWorking(site: Ground, settings: Settings = {}): Promise<StartedProcess> {
  return (await startProgram(workProgram, site, settings)).started;
}

async function startProgram(
  program: string,
  site: Ground,
  settings: Settings,
): Promise<{ ready: Ready; started: StartedProcess }> {
  const env = {
    PATH: process.env.PATH ?? "",
    // Where compiled code is kept: a process starts in 0.3 s with it, in 0.5 s without.
    ...(process.env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } : {}),
    DATABASE_URL: site.url,
    DATA_DIR: site.dataDir,
    PORT: "0",
    PAYMENT_WEBHOOK_SECRETS: webhookSecret,
    ...impatient,
    ...settings,
  };
  const child = spawn(process.execPath, [program], { env, stdio: ["pipe", "pipe", "pipe"] });
  running.add(child);
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("close", (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  const heard = hear(child);
  const late = setTimeout(() => child.kill("SIGKILL"), startWithinMs);
  const ready = await Promise.race([heard.ready, exited]).finally(() => clearTimeout(late));
  if (!("address" in ready)) throw new Error(`The process did not start:\n${heard.lines.join("\n")}`);
  const started = { pid: child.pid as number, passed: heard.passed, exited, ...controls(child, exited, heard) };
  return { ready, started };
}

interface Ready {
  readonly address: string;
  readonly apiKey: string;
  readonly setupLink?: string;
}

function hear(child: ChildProcess) {
  const lines: string[] = [];
  const passed: string[] = [];
  const ready = Promise.withResolvers<Ready>();
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
    const said = line.startsWith("{") ? (JSON.parse(line) as Partial<Ready> & { passed?: string }) : {};
    if (said.passed !== undefined) passed.push(said.passed);
    else if (said.address !== undefined) ready.resolve(said as Ready);
    else lines.push(line);
  });
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on("line", (line) => lines.push(line));
  return { ready: ready.promise, lines, passed };
}

function controls(child: ChildProcess, exited: ServingProcess["exited"], { lines }: { lines: string[] }) {
  return {
    log: () => lines.join("\n"),
    signal(name: NodeJS.Signals) {
      child.kill(name);
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async killed() {
      const late = setTimeout(() => child.kill("SIGTERM"), killedWithinMs);
      const { code, signal } = await exited.finally(() => clearTimeout(late));
      if (signal !== "SIGKILL")
        throw new Error(`It was not killed but ended with ${signal ?? code}.\n${lines.join("\n")}`);
    },
    async stop() {
      child.kill("SIGTERM");
      return (await exited).code;
    },
  };
}

/** Sends a request with an API key; a body that is no text becomes JSON. */
export async function sendTo(
  { address, apiKey }: Ready,
  method: string,
  path: string,
  asking: Asking,
): Promise<Answered> {
  const { body, key, headers = {}, streamed = false } = asking;
  const sent: Record<string, string> = { authorization: `Bearer ${apiKey}`, ...headers };
  if (body !== undefined) sent["content-type"] ??= "application/json";
  if (key !== undefined) sent["idempotency-key"] = key;
  const bytes = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${address}${path}`, {
    method,
    headers: sent,
    ...(bytes === undefined ? {} : { body: streamed ? new Blob([bytes]).stream() : bytes, duplex: "half" }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
