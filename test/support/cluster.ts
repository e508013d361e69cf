import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { environment } from "../../src/platform/config.ts";
import { startEmbeddedPostgres } from "../../src/platform/embedded-postgres.ts";
import { findPostmaster } from "../../src/platform/find-postmaster.ts";
import { withLock } from "../../src/platform/hold-lock.ts";
import { migrate } from "../../src/platform/migrate.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const migrationsFolder = join(root, "db", "migrations");

/** Any number serves, as long as all test files take the same. */
const templateLock = 2_718_281;
const answerWithinMs = 60_000;
const pollMs = 20;

/** What a run of tests may lose, it need not wait for; a crash of the server alone still loses nothing. */
const careless = { fsync: "off", full_page_writes: "off", max_connections: "400" };

/** The cluster that test files make their databases in. */
export interface TestCluster {
  /** A superuser's, of a database that nobody uses. */
  readonly superuserUrl: string;
  /** Owns the databases of tests, and is no superuser where the cluster is ours. */
  readonly role: string;
  stop(): Promise<void>;
}

let joined: Promise<TestCluster> | undefined;

/** The run's cluster; for a file that is run by hand one in `.orderwell-test`, which the last such file stops. */
export function joinCluster(): Promise<TestCluster> {
  joined ??= given() ?? startCluster(join(root, ".orderwell-test"));
  return joined;
}

function given(): Promise<TestCluster> | undefined {
  const superuserUrl = environment.TEST_DATABASE_URL;
  if (!superuserUrl) return undefined;
  const role = environment.TEST_DATABASE_ROLE ?? decodeURIComponent(new URL(superuserUrl).username);
  return Promise.resolve({ superuserUrl, role, stop: async () => {} });
}

/** Starts or joins a cluster in a folder. What a killed run left in it goes when the cluster is started. */
export async function startCluster(dataDir: string): Promise<TestCluster> {
  const embedded = await startEmbeddedPostgres({ dataDir, say: () => {}, settings: careless });
  const { superuserUrl } = embedded;
  if (!embedded.adopted) await asSuperuser(superuserUrl, dropClones);
  return { superuserUrl, role: "orderwell", stop: () => embedded.stop() };
}

async function dropClones(client: pg.Client): Promise<void> {
  const { rows } = await client.query("select datname from pg_database where datname like 'orderwell\\_test\\_%'");
  for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`);
}

/** Runs statements that no transaction of ours can hold, such as `create database`. */
export async function asSuperuser<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, application_name: "tests" });
  // A connection that breaks is heard of by its statement; the event alone would end the process.
  client.on("error", () => {});
  await client.connect();
  return work(client).finally(() => client.end());
}

/** The URL of another database of the cluster, as the role that owns it. */
export function urlOf({ superuserUrl, role }: TestCluster, database: string): string {
  const url = new URL(superuserUrl);
  url.username = role;
  url.pathname = `/${database}`;
  return url.href;
}

let template: Promise<string> | undefined;

/** The name of the migrated database that clones are made from. Made once for each state of the migrations. */
export function ensureTemplate(): Promise<string> {
  template ??= joinCluster().then(makeTemplate);
  return template;
}

async function makeTemplate(cluster: TestCluster): Promise<string> {
  const name = `orderwell_template_${await schemaHash()}`;
  await asSuperuser(cluster.superuserUrl, async (client) => {
    await client.query("select pg_advisory_lock($1)", [templateLock]);
    const { rows } = await client.query(
      "select datname from pg_database where datname like 'orderwell\\_template\\_%'",
    );
    if (rows.some(({ datname }) => datname === name)) return;
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`);
    // Under another name until it is whole, so that a killed run leaves no half one.
    const unfinished = `${name}_unfinished`;
    await client.query(`create database ${unfinished} owner "${cluster.role}"`);
    await migrate(urlOf(cluster, unfinished));
    await client.query(`alter database ${unfinished} rename to ${name}`);
  });
  return name;
}

async function schemaHash(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(migrationsFolder)).sort()) {
    hash.update(name).update(await readFile(join(migrationsFolder, name)));
  }
  hash.update(await readFile(join(root, "node_modules/graphile-worker/package.json")));
  return hash.digest("hex").slice(0, 12);
}

/** A cluster of one test's own, as durable as the real one, that can be made to crash. */
export interface OwnCluster {
  readonly url: string;
  readonly superuserUrl: string;
  readonly dataDir: string;
  /** Ends the server as `pg_ctl stop -m immediate` does, or by SIGKILL, and returns when it answers again. */
  crash(signal: "SIGQUIT" | "SIGKILL"): Promise<void>;
  /** Does the work while the server is stopped, and returns when it answers again. */
  whileAway(work: () => Promise<void>): Promise<void>;
  /** Stops the server and removes its folder. */
  remove(): Promise<void>;
}

/**
 * Starts a cluster with an empty database, in a folder of its own or the one that is given. The server is started again
 * by itself, a second after a crash.
 */
export async function ownCluster(settings: Record<string, string> = {}, folder?: string): Promise<OwnCluster> {
  const dataDir = folder ?? (await mkdtemp(join(tmpdir(), "orderwell-own-")));
  const embedded = await startEmbeddedPostgres({ dataDir, say: () => {}, settings });
  const clusterDir = join(dataDir, "postgres");
  return {
    url: embedded.url,
    superuserUrl: embedded.superuserUrl,
    dataDir,
    async crash(signal) {
      const pid = (await findPostmaster(clusterDir))?.pid;
      if (pid === undefined) throw new Error("The server does not run.");
      process.kill(pid, signal);
      await untilAnswer(embedded.superuserUrl, clusterDir, pid);
    },
    async whileAway(work) {
      const pid = (await findPostmaster(clusterDir))?.pid ?? 0;
      // Who holds the lock keeps the server from being started again.
      await withLock(join(dataDir, "lock"), async () => {
        process.kill(pid, "SIGINT");
        while (await findPostmaster(clusterDir)) await sleep(pollMs);
        await work();
      });
      await untilAnswer(embedded.superuserUrl, clusterDir, pid);
    },
    async remove() {
      await embedded.stop();
      if (folder === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function untilAnswer(url: string, clusterDir: string, oldPid: number): Promise<void> {
  const until = performance.now() + answerWithinMs;
  for (;;) {
    const pid = (await findPostmaster(clusterDir))?.pid;
    const answers =
      pid !== undefined && pid !== oldPid && (await asSuperuser(url, (c) => c.query("select")).catch(() => false));
    if (answers) return;
    if (performance.now() > until) throw new Error(`No server answers ${answerWithinMs} ms after the crash.`);
    await sleep(pollMs);
  }
}
