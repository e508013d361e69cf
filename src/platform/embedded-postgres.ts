import { mkdir, realpath } from "node:fs/promises";
import type { Socket } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { createCluster, type Place } from "./create-cluster.ts";
import { explain } from "./embedded-errors.ts";
import { withLock } from "./hold-lock.ts";
import { type Account, chooseAccount, findBinaries, listAccounts } from "./run-binaries.ts";
import { connect, ensureRunning, stopPostmaster } from "./start-postmaster.ts";

/** Where the cluster is in the data folder. */
export const clusterFolder = "postgres";

export { EmbeddedPostgresError } from "./embedded-errors.ts";

export interface EmbeddedOptions {
  /** Created when it is not there. Everything stays inside, but for a socket whose path would be too long. */
  readonly dataDir: string;
  readonly say: (line: string) => void;
  /** Settings of the server over our own, for tests. They count when this process starts it. */
  readonly settings?: Readonly<Record<string, string>>;
  /** As whom to try to run it when we are root; for tests. */
  readonly accounts?: readonly Account[];
}

export interface EmbeddedPostgres {
  /** Of the database `orderwell`, as its owner. */
  readonly url: string;
  /** Of the database `postgres`, as the superuser. */
  readonly superuserUrl: string;
  /** Whether it ran already. */
  readonly adopted: boolean;
  /** Stops the server unless another Orderwell process uses it. Close your own connections first. */
  stop(): Promise<void>;
}

/** Held by each process while it uses the server, so that another one does not stop it. */
const presenceName = "orderwell embedded";
const lingerMs = 2_000; // A session that was closed is gone within milliseconds; what stays is somebody's.
const reviveMs = 1_000;
const pollMs = 20;
// What PostgreSQL answers when two create the same at once.
const thereAlready = new Set(["42710", "42P04", "23505"]);

/**
 * Starts PostgreSQL in a folder, or takes over the one that runs there, and keeps it running until `stop`.
 *
 * The server is a process of its own: it survives us, hears nothing of our terminal, and is found again by the next
 * start. Should it die while we live, it is started again.
 * @throws EmbeddedPostgresError with a sentence for the person who starts it
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  try {
    const place = await openPlace(dataDir, options);
    const running = await withLock(lockPath(place), () => run(place));
    return keepRunning(place, running);
  } catch (error) {
    throw explain(error, dataDir);
  }
}

async function openPlace(dataDir: string, { say, settings = {}, accounts }: EmbeddedOptions): Promise<Place> {
  // Others may pass through, since the server may run as another user, but not look: what is inside is closed by itself.
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const real = await realpath(dataDir);
  const clusterDir = join(real, clusterFolder);
  const binaries = findBinaries();
  const chosen = await chooseAccount(accounts ?? (await listAccounts(clusterDir)), binaries, real);
  return { dataDir: real, clusterDir, binaries, say, settings, ...chosen };
}

function lockPath(place: Place): string {
  return join(place.dataDir, "lock");
}

interface Running {
  readonly socketDir: string;
  readonly adopted: boolean;
  readonly presence: pg.Client;
}

/** The caller holds the lock, so nobody stops the server before we are present. */
async function run(place: Place): Promise<Running> {
  await createCluster(place);
  const { socketDir, adopted } = await ensureRunning(place);
  await prepareDatabase(socketDir);
  const presence = await connect(socketDir, { user: "orderwell", database: "orderwell", name: presenceName });
  holdProcess(presence, false);
  return { socketDir, adopted, presence };
}

/** Whether the connection alone keeps our process alive. */
function holdProcess(client: pg.Client, held: boolean): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  if (held) stream.ref();
  else stream.unref();
}

async function prepareDatabase(socketDir: string): Promise<void> {
  const client = await connect(socketDir, { user: "postgres", database: "postgres", name: "starting" });
  try {
    const role = await client.query("select from pg_roles where rolname = 'orderwell'");
    if (role.rowCount === 0) await createOnce(client, "create role orderwell login");
    const database = await client.query("select from pg_database where datname = 'orderwell'");
    if (database.rowCount === 0) await createOnce(client, "create database orderwell owner orderwell");
  } finally {
    await client.end();
  }
}

async function createOnce(client: pg.Client, statement: string): Promise<void> {
  await client.query(statement).catch((error: { code?: string }) => {
    if (!thereAlready.has(error.code ?? "")) throw error;
  });
}

function keepRunning(place: Place, first: Running): EmbeddedPostgres {
  let presence: pg.Client | undefined;
  let reviving: Promise<void> = Promise.resolve();
  let leaving: Promise<void> | undefined;
  const stopped = new AbortController();

  const watch = (client: pg.Client) => {
    presence = client;
    client.once("end", () => {
      presence = undefined;
      if (!stopped.signal.aborted) reviving = revive(place, stopped.signal).then((again) => again && watch(again));
    });
  };
  const stop = async () => {
    stopped.abort();
    await reviving;
    await withLock(lockPath(place), () => leave(place, presence));
  };

  watch(first.presence);
  return {
    ...urlsOf(first.socketDir),
    adopted: first.adopted,
    stop() {
      leaving ??= stop().catch((error: unknown) => {
        throw explain(error, place.dataDir);
      });
      return leaving;
    },
  };
}

/** Tries until the server runs again, whoever started it, or until we stop; says once what is in the way. */
async function revive(place: Place, stopped: AbortSignal): Promise<pg.Client | undefined> {
  let told = false;
  for (;;) {
    await sleep(reviveMs, undefined, { ref: false, signal: stopped }).catch(() => {});
    if (stopped.aborted) return undefined;
    try {
      const { adopted, presence } = await withLock(lockPath(place), () => run(place));
      if (!adopted) place.say("The database had stopped; it runs again.");
      return presence;
    } catch (error) {
      if (!told) place.say(explain(error, place.dataDir).message);
      told = true;
    }
  }
}

function urlsOf(socketDir: string): { url: string; superuserUrl: string } {
  const host = encodeURIComponent(socketDir);
  return {
    url: `postgresql://orderwell@localhost/orderwell?host=${host}`,
    superuserUrl: `postgresql://postgres@localhost/postgres?host=${host}`,
  };
}

async function leave(place: Place, presence: pg.Client | undefined): Promise<void> {
  if (presence) holdProcess(presence, true);
  // Without an answer the server is in trouble already; others that use it start it again.
  const used = presence ? await isUsedByOthers(presence).catch(() => false) : false;
  await presence?.end().catch(() => {});
  if (used) return place.say("The database stays up: another Orderwell process uses it.");
  await stopPostmaster(place);
}

async function isUsedByOthers(presence: pg.Client): Promise<boolean> {
  const until = performance.now() + lingerMs;
  for (;;) {
    const { rows } = await presence.query<{ name: string }>(
      `select application_name as name from pg_stat_activity
        where application_name like 'orderwell%' and pid <> pg_backend_pid()`,
    );
    if (rows.length === 0) return false;
    if (rows.some(({ name }) => name === presenceName) || performance.now() > until) return true;
    await sleep(pollMs);
  }
}
