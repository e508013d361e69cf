import { mkdir, open, readdir, readFile, rename, rm, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EmbeddedPostgresError, explain } from "./embedded-errors.ts";
import { type Account, type Binaries, handOver, type Outcome, runToEnd } from "./run-binaries.ts";

/** Where everything of one embedded PostgreSQL is. */
export interface Place {
  readonly dataDir: string;
  readonly clusterDir: string;
  readonly account: Account;
  readonly binaries: Binaries;
  readonly major: string;
  readonly say: (line: string) => void;
  readonly settings: Readonly<Record<string, string>>;
}

const mebibyte = 1024 * 1024;
const newClusterBytes = 80 * mebibyte; // 39 MB after initdb, and the first 16 MB of write-ahead log twice.
const runningBytes = 20 * mebibyte; // Recovery may need one more segment of write-ahead log.

/** The initdb of a killed process writes on for a second, into the folder that we remove. */
const patience = { maxRetries: 20, retryDelay: 50 };

/**
 * Orders text by code point in every system alike, and knows the letters of all scripts. LC_CTYPE matters beside it,
 * since pg_trgm looks there; where the system lacks C.UTF-8, everything but trigrams of other scripts still works.
 */
const locales: readonly (readonly string[])[] = [["--locale=C.UTF-8"], ["--locale=C"]];

/** Creates the cluster unless it is there, and refuses one of another major version. The caller holds the lock. */
export async function createCluster(place: Place): Promise<void> {
  const version = await readFile(join(place.clusterDir, "PG_VERSION"), "utf8").catch(() => undefined);
  await assertSpace(place.dataDir, version === undefined ? newClusterBytes : runningBytes);
  if (version === undefined) return createNew(place);
  if (version.trim() !== place.major) {
    throw new EmbeddedPostgresError(
      `The database in ${place.clusterDir} was made by PostgreSQL ${version.trim()} and this Orderwell brings ${place.major}: ` +
        "start the Orderwell that made it, or choose another folder with --data-dir.",
    );
  }
}

async function assertSpace(dataDir: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dataDir);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes) return;
  const [free, needed] = [freeBytes, neededBytes].map((bytes) => Math.floor(bytes / mebibyte));
  throw new EmbeddedPostgresError(
    `The disk that holds ${dataDir} is full (${free} MB free, ${needed} MB needed): free some space, or choose another folder with --data-dir.`,
  );
}

/** Fills a folder of another name and renames it, so that one killed half-way leaves nothing that looks like a cluster. */
async function createNew(place: Place): Promise<void> {
  place.say(`Creating the database in ${place.clusterDir}.`);
  await removeUnfinished(place.clusterDir);
  const unfinished = `${place.clusterDir}.new-${process.pid}`;
  try {
    await initialize(place, unfinished);
    await rename(unfinished, place.clusterDir);
    await syncFolder(place.dataDir);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw explain(error, place.dataDir);
  }
}

async function removeUnfinished(clusterDir: string): Promise<void> {
  const folder = dirname(clusterDir);
  const names = await readdir(folder);
  const left = names.filter((name) => name.startsWith(`${basename(clusterDir)}.new-`));
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true, ...patience })));
}

async function initialize({ account, binaries }: Place, folder: string): Promise<void> {
  const always = ["-D", folder, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions"];
  const provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  let last: Outcome = { ok: false, said: "" };
  for (const locale of locales) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { mode: 0o700 });
    await handOver(account, folder);
    last = await runToEnd(account, [binaries.initdb, ...always, ...provider, ...locale]);
    if (last.ok || !/invalid locale/.test(last.said)) break;
  }
  if (!last.ok) throw new Error(last.said.split("\n").filter(isTold).join(" "));
}

function isTold(line: string): boolean {
  return /error|fatal|could not|No space|denied|hint/i.test(line);
}

/** A rename is durable when the folder around it is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
}
