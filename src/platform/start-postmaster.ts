import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, open, readFile, rename, stat } from "node:fs/promises";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Place } from "./create-cluster.ts";
import { EmbeddedPostgresError } from "./embedded-errors.ts";
import { disownPidFile, findPostmaster, type Postmaster } from "./find-postmaster.ts";
import { handOver, launch } from "./run-binaries.ts";

const pollMs = 20;
const silenceMs = 60_000; // A server that neither answers nor says that it recovers for so long hangs.
const recoveryMs = 1_800_000; // Replaying 2 GB of write-ahead log from a slow disk takes minutes.
const tellAfterMs = 5_000;
const orphanWaitMs = 20_000; // A killed server's children notice within seconds, or at the end of a long statement.
const connectMs = 3_000;
const stopMs = 60_000; // A fast shutdown writes what is in memory first.
const longestSocketPath = process.platform === "linux" ? 107 : 103;
const socketFile = ".s.PGSQL.5432";
const largestLogBytes = 8 * 1024 * 1024;
const roomyBytes = 4 * 1024 ** 3;
const logTailBytes = 4_096;

/** The server's settings; durable first of all, and for many small commits on a machine that does other work too. */
function serverSettings(place: Place, socketDir: string): Record<string, string> {
  return {
    listen_addresses: "",
    unix_socket_directories: `"${socketDir.replaceAll('"', '""')}"`,
    unix_socket_permissions: "0700",
    max_connections: "200",
    shared_buffers: totalmem() >= roomyBytes ? "256MB" : "128MB",
    fsync: "on",
    synchronous_commit: "on",
    // A checkpoint makes the next change of each page write the whole page: rarely, and spread out.
    max_wal_size: "2GB",
    min_wal_size: "256MB",
    checkpoint_timeout: "15min",
    wal_buffers: "16MB",
    random_page_cost: "1.1",
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    lc_messages: "C",
    // Refused statements are the program's to report; the log keeps what happens to the server.
    log_min_messages: "log",
    log_checkpoints: "off",
    log_line_prefix: "%m [%p] ",
    ...place.settings,
  };
}

/** Answers the running server, started now or found; `adopted` when another process had started it. */
export async function ensureRunning(place: Place): Promise<Postmaster & { adopted: boolean }> {
  const until = performance.now() + orphanWaitMs;
  for (;;) {
    const found = await awaitAnswer(place, undefined);
    if (found) return { ...found, adopted: true };
    try {
      return { ...(await start(place)), adopted: false };
    } catch (error) {
      const busy = error instanceof StartFailed && /is still in use|already exists/.test(error.message);
      if (!busy || performance.now() > until) throw error;
      await sleep(pollMs);
    }
  }
}

/** The server ended before it answered; the message is what it logged. */
class StartFailed extends Error {}

async function start(place: Place): Promise<Postmaster> {
  const socketDir = await makeSocketDir(place);
  await disownPidFile(place.clusterDir);
  const settings = Object.entries(serverSettings(place, socketDir)).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  const log = await openLog(place);
  const { size } = await log.stat();
  try {
    const command = [place.binaries.postgres, "-D", place.clusterDir, ...settings];
    const child = launch(place.account, command, ["ignore", log.fd, log.fd]);
    child.unref();
    const failed = new Promise<never>((_, reject) => child.once("error", reject));
    const running = await Promise.race([awaitAnswer(place, child), failed]);
    if (running) return running;
    throw new StartFailed(await readSince(logPath(place), size));
  } finally {
    await log.close();
  }
}

function logPath(place: Place): string {
  return join(place.dataDir, "postgres.log");
}

async function openLog(place: Place) {
  const path = logPath(place);
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > largestLogBytes) await rename(path, `${path}.1`);
  const log = await open(path, "a", 0o600);
  await handOver(place.account, path);
  return log;
}

async function readSince(path: string, start: number): Promise<string> {
  const written = (await readFile(path)).subarray(start).toString("utf8");
  const fatal = written.split("\n").filter((line) => /FATAL|PANIC|HINT|error/.test(line));
  return (fatal.length > 0 ? fatal.join(" ") : written).slice(-logTailBytes);
}

/** A folder for the socket that only we can enter: beside the data, or under /tmp when that path is too long for one. */
async function makeSocketDir(place: Place): Promise<string> {
  const near = join(place.dataDir, "run");
  const fits = Buffer.byteLength(join(near, socketFile)) <= longestSocketPath;
  const name = createHash("sha256").update(place.dataDir).digest("hex").slice(0, 12);
  const path = fits ? near : join(tmpdir(), `orderwell-${name}`);
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const made = await lstat(path);
  const expected = [process.getuid?.() ?? made.uid, place.account.uid ?? made.uid];
  if (!made.isDirectory() || !expected.includes(made.uid)) {
    throw new EmbeddedPostgresError(
      `${path} belongs to somebody else: remove it, or choose a shorter path with --data-dir.`,
    );
  }
  await chmod(path, 0o700);
  await handOver(place.account, path);
  return path;
}

/** Opens a connection over the socket. */
export async function connect(
  socketDir: string,
  as: { user: string; database: string; name: string },
): Promise<pg.Client> {
  const client = new pg.Client({
    host: socketDir,
    user: as.user,
    database: as.database,
    application_name: as.name,
    connectionTimeoutMillis: connectMs,
    ssl: false,
  });
  client.on("error", () => {});
  await client.connect();
  return client;
}

type Answer = "ready" | "recovering" | "silent";

async function ask(postmaster: Postmaster): Promise<Answer> {
  if (postmaster.socketDir === "") return "silent";
  try {
    const client = await connect(postmaster.socketDir, { user: "postgres", database: "postgres", name: "starting" });
    await client.query("select 1").finally(() => client.end());
    return "ready";
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "57P03" ? "recovering" : "silent";
  }
}

/** Waits until the folder's server answers; undefined when none runs, or when the one that we started has ended. */
async function awaitAnswer(place: Place, child: ChildProcess | undefined): Promise<Postmaster | undefined> {
  const hear = listen(place);
  for (;;) {
    const postmaster = await findPostmaster(place.clusterDir);
    if (!postmaster && hasEnded(child)) return undefined;
    const answer = postmaster ? await ask(postmaster) : "silent";
    if (answer === "ready") return postmaster;
    hear(answer);
    await sleep(pollMs);
  }
}

function hasEnded(child: ChildProcess | undefined): boolean {
  return child === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** Bounds the wait: a server that recovers may take long and is told of, one that says nothing may not. */
function listen(place: Place): (answer: Answer) => void {
  const begun = performance.now();
  let heard = begun;
  let told = false;
  return (answer) => {
    const now = performance.now();
    if (answer === "recovering") heard = now;
    if (now - heard > silenceMs || now - begun > recoveryMs) {
      throw new EmbeddedPostgresError(`PostgreSQL does not answer; its log is ${logPath(place)}.`);
    }
    if (!told && now - begun > tellAfterMs) {
      place.say("The database is recovering; this may take a while.");
      told = true;
    }
  };
}

/** Ends the server: sessions are closed, everything is on disk. One that hangs is ended at once and recovers later. */
export async function stopPostmaster(place: Place): Promise<void> {
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    const postmaster = await findPostmaster(place.clusterDir);
    if (!postmaster) return;
    process.kill(postmaster.pid, signal);
    const until = performance.now() + stopMs;
    while (performance.now() < until) {
      if (!(await findPostmaster(place.clusterDir))) return;
      await sleep(pollMs);
    }
  }
  throw new EmbeddedPostgresError(`PostgreSQL does not stop; its log is ${logPath(place)}.`);
}
