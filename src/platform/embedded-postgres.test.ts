import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, describe, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { findPostmaster } from "./find-postmaster.ts";
import { asUser } from "./run-binaries.ts";

const program = fileURLToPath(new URL("../../test/support/embedded-program.ts", import.meta.url));
const nobody = { name: "nobody", uid: 65_534, gid: 65_534 };
const weAreRoot = process.getuid?.() === 0;
const boundMs = 60_000;
const pollMs = 10;

const folders: string[] = [];
const programs: Program[] = [];

after(async () => {
  for (const { child } of programs) child.kill("SIGKILL");
  for (const folder of folders) {
    const left = await findPostmaster(join(folder, "postgres"));
    if (left) process.kill(left.pid, "SIGQUIT");
    await until(async () => !(await findPostmaster(join(folder, "postgres"))));
    await rm(folder, { recursive: true, force: true });
  }
});

/** A folder that only we can enter, as a home may be. */
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "orderwell-embedded-"));
  folders.push(folder);
  return folder;
}

interface Program {
  readonly child: ChildProcess;
  readonly told: Record<string, unknown>[];
}

interface Way {
  readonly uid?: number;
  readonly before?: readonly string[];
}

/** Starts the program in a process group of its own, as a shell would, with the poorest of environments. */
function startProgram(dataDir: string, { uid, before = [] }: Way = {}): Program {
  const [command = "", ...args] = [...before, process.execPath, program, dataDir];
  const child = spawn(command, args, {
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH: process.env.PATH, LANG: "C", LC_ALL: "C" },
    ...(uid === undefined ? {} : { uid, gid: nobody.gid, cwd: "/" }),
  });
  const told: Record<string, unknown>[] = [];
  if (child.stdout) createInterface(child.stdout).on("line", (line) => told.push(JSON.parse(line)));
  const started = { child, told };
  programs.push(started);
  return started;
}

async function until(condition: () => Promise<unknown> | unknown): Promise<void> {
  const end = performance.now() + boundMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited ${boundMs} ms in vain.`);
    await sleep(pollMs);
  }
}

async function ready(started: Program): Promise<{ url: string; adopted: boolean }> {
  const found = () => started.told.find((line) => "url" in line || "failed" in line);
  await until(() => found() ?? started.child.exitCode !== null);
  const line = found();
  assert.ok(line && "url" in line, JSON.stringify(started.told));
  return line as { url: string; adopted: boolean };
}

async function failure(started: Program): Promise<string> {
  await until(() => started.child.exitCode !== null);
  assert.equal(started.child.exitCode, 1, JSON.stringify(started.told));
  return String(started.told.find((line) => "failed" in line)?.failed);
}

async function ended({ child }: Program): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

async function stop(started: Program): Promise<void> {
  started.child.kill("SIGTERM");
  await ended(started);
  assert.equal(started.child.exitCode, 0);
}

async function kill(started: Program): Promise<void> {
  started.child.kill("SIGKILL");
  await ended(started);
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  return client
    .query(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

function postmasterOf(folder: string) {
  return findPostmaster(join(folder, "postgres"));
}

/** Runs the program where a file system of this kind is mounted on the folder, for it alone, after these commands. */
function mounted(folder: string, options: string, commands = "true"): readonly string[] {
  return ["unshare", "--mount", "sh", "-c", `mount -t tmpfs -o ${options} tmpfs "$0"; ${commands}; exec "$@"`, folder];
}

function mayMount(): boolean {
  const [command = "", ...args] = mounted(tmpdir(), "size=1m", "exit $?");
  return spawnSync(command, args).status === 0;
}

function skipUnless(t: TestContext, met: boolean, needs: string): boolean {
  if (!met) t.skip(`needs ${needs}`);
  return met;
}

describe("the embedded PostgreSQL", () => {
  test("starts in an empty folder with LANG=C, keeps all scripts, and listens on no port", async () => {
    const folder = await newFolder();
    const dataDir = join(folder, "deep", "data");
    const started = startProgram(dataDir);
    const { url, adopted } = await ready(started);

    assert.equal(adopted, false);
    const [row] = await query(
      url,
      `select current_setting('server_encoding') as encoding, current_setting('listen_addresses') as addresses,
              current_setting('fsync') as fsync, upper('straße é') as upper, '田中太郎 🍵' as name, 'Z' < 'a' as by_code_point`,
    );
    assert.deepEqual(row, {
      encoding: "UTF8",
      addresses: "",
      fsync: "on",
      upper: "STRAßE É",
      name: "田中太郎 🍵",
      by_code_point: true,
    });
    for (const closed of ["postgres", "run"]) assert.equal((await stat(join(dataDir, closed))).mode & 0o777, 0o700);
    await stop(started);
    assert.equal(await postmasterOf(dataDir), undefined);
  });

  test("outlives a killed program and is taken over by the next", async () => {
    const folder = await newFolder();
    const first = startProgram(folder);
    const { url } = await ready(first);
    const before = await postmasterOf(folder);
    await kill(first);
    assert.deepEqual(await query(url, "select 1 as one"), [{ one: 1 }]);

    const second = startProgram(folder);
    assert.equal((await ready(second)).adopted, true);
    assert.equal((await postmasterOf(folder))?.pid, before?.pid);
    await stop(second);
    assert.equal(await postmasterOf(folder), undefined);
  });

  test("recovers what was committed when everything was killed", async () => {
    const folder = await newFolder();
    const first = startProgram(folder);
    const { url } = await ready(first);
    await query(url, "create table kept (id int); insert into kept values (7)");
    const server = await postmasterOf(folder);
    await kill(first);
    process.kill(server?.pid ?? 0, "SIGKILL");

    const second = startProgram(folder);
    const again = await ready(second);
    assert.equal(again.adopted, false);
    assert.deepEqual(await query(again.url, "select id from kept"), [{ id: 7 }]);
    await stop(second);
  });

  test("is started again when it dies while the program lives", async () => {
    const folder = await newFolder();
    const started = startProgram(folder);
    const { url } = await ready(started);
    const server = await postmasterOf(folder);
    process.kill(server?.pid ?? 0, "SIGKILL");

    await until(() => started.told.some(({ said }) => said === "The database had stopped; it runs again."));
    assert.deepEqual(await query(url, "select 1 as one"), [{ one: 1 }]);
    assert.notEqual((await postmasterOf(folder))?.pid, server?.pid);
    await stop(started);
    assert.equal(await postmasterOf(folder), undefined);
  });

  test("is shared by two that start at once and stops with the last", async () => {
    const folder = await newFolder();
    const both = [startProgram(folder), startProgram(folder)] as const;
    const answers = await Promise.all(both.map(ready));
    assert.deepEqual(answers.map(({ adopted }) => adopted).sort(), [false, true]);
    const server = await postmasterOf(folder);

    await stop(both[0]);
    assert.ok(both[0].told.some(({ said }) => said === "The database stays up: another Orderwell process uses it."));
    assert.deepEqual(await query(answers[1]?.url ?? "", "select 1 as one"), [{ one: 1 }]);
    assert.equal((await postmasterOf(folder))?.pid, server?.pid);
    await stop(both[1]);
    assert.equal(await postmasterOf(folder), undefined);
  });

  test("does not hear the terminal's Ctrl-C", async () => {
    const folder = await newFolder();
    const started = startProgram(folder);
    const { url } = await ready(started);
    process.kill(-(started.child.pid ?? 0), "SIGINT");
    await until(() => started.told.some(({ heard }) => heard === "SIGINT"));
    assert.deepEqual(await query(url, "select 1 as one"), [{ one: 1 }]);
    await stop(started);
  });

  for (const [whose, pid] of [
    ["nobody", 4_194_304],
    ["a stranger", process.pid],
  ] as const) {
    test(`starts over a left pid file whose number belongs to ${whose}`, async () => {
      const folder = await newFolder();
      const first = startProgram(folder);
      await ready(first);
      const server = await postmasterOf(folder);
      const path = join(folder, "postgres", "postmaster.pid");
      const left = (await readFile(path, "utf8")).replace(/^\d+/, String(pid));
      await kill(first);
      process.kill(server?.pid ?? 0, "SIGKILL");
      await until(async () => !(await postmasterOf(folder)));
      await writeFile(path, left);

      const second = startProgram(folder);
      assert.equal((await ready(second)).adopted, false);
      await stop(second);
    });
  }

  test("creates the cluster anew when it was killed while creating it", async () => {
    const folder = await newFolder();
    const first = startProgram(folder);
    await until(async () => (await readdir(folder)).some((name) => name.startsWith("postgres.new-")));
    await kill(first);
    assert.ok(!(await readdir(folder)).includes("postgres"));

    const second = startProgram(folder);
    await ready(second);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes(".new-")),
      [],
    );
    await stop(second);
  });

  test("takes its socket elsewhere when the folder's path is too long for one", async () => {
    const folder = await newFolder();
    const dataDir = join(folder, "a".repeat(100));
    const started = startProgram(dataDir);
    const { url } = await ready(started);
    assert.deepEqual(await query(url, "select 1 as one"), [{ one: 1 }]);
    const socketDir = new URL(url).searchParams.get("host") ?? "";
    assert.ok(!socketDir.startsWith(folder));
    assert.equal((await stat(socketDir)).mode & 0o777, 0o700);
    await stop(started);
    await rm(socketDir, { recursive: true });
  });

  test("refuses a cluster of another major version and says what to do", async () => {
    const folder = await newFolder();
    await mkdir(join(folder, "postgres"));
    await writeFile(join(folder, "postgres", "PG_VERSION"), "15\n");
    assert.match(
      await failure(startProgram(folder)),
      /made by PostgreSQL 15 and this Orderwell brings 18: .*--data-dir/,
    );
  });

  test("refuses a path that is a file", async () => {
    const folder = await newFolder();
    await writeFile(join(folder, "file"), "");
    assert.match(await failure(startProgram(join(folder, "file"))), /is not a folder: choose one with --data-dir/);
  });

  test("runs for an ordinary user, and names --data-dir where that one cannot write", async (t) => {
    const reach =
      weAreRoot && spawnSync(process.execPath, ["-e", `fs.readFileSync(${JSON.stringify(program)})`], nobody);
    if (!skipUnless(t, reach !== false && reach.status === 0, "root, and a clone that others can read")) return;
    const folder = await newFolder();
    await chmod(folder, 0o755);
    assert.match(
      await failure(startProgram(join(folder, "data"), nobody)),
      /cannot be written by this user: .*--data-dir/,
    );

    await mkdir(join(folder, "own"));
    await chown(join(folder, "own"), nobody.uid, nobody.gid);
    folders.push(join(folder, "own"));
    const started = startProgram(join(folder, "own"), nobody);
    assert.deepEqual(await query((await ready(started)).url, "select 1 as one"), [{ one: 1 }]);
    await stop(started);

    // Root finds the same cluster later, and leaves its owner as it is.
    const asRoot = startProgram(join(folder, "own"));
    await ready(asRoot);
    await stop(asRoot);
    assert.equal((await stat(join(folder, "own", "postgres"))).uid, nobody.uid);
    const again = startProgram(join(folder, "own"), nobody);
    await ready(again);
    await stop(again);
  });

  for (const [name, mode] of [
    ["an open folder", 0o755],
    ["a closed home", 0o700],
  ] as const) {
    test(`runs for root in ${name} where user namespaces are barred`, async (t) => {
      if (!skipUnless(t, weAreRoot, "root")) return;
      const folder = await newFolder();
      await chmod(folder, mode);
      const dataDir = join(folder, "data");
      folders.push(dataDir);
      const embedded = await startEmbeddedPostgres({ dataDir, say: () => {}, accounts: asUser(nobody) });
      assert.equal((await stat(join(dataDir, "postgres"))).uid, nobody.uid);
      const [row] = await query(embedded.url, "select current_user as who");
      await embedded.stop();
      assert.deepEqual(row, { who: "orderwell" });
    });
  }

  test("says that nothing can run it when root can become nobody", async (t) => {
    if (!skipUnless(t, weAreRoot, "root")) return;
    const accounts = [{ title: "a program that is not there", prefix: ["/nonexistent/program"] }];
    await assert.rejects(startEmbeddedPostgres({ dataDir: await newFolder(), say: () => {}, accounts }), {
      name: "EmbeddedPostgresError",
      message: /refuses to run as root, and nothing else works here \(a program that is not there: .*DATABASE_URL/,
    });
  });

  test("says that the disk is full, before and after the cluster was made", async (t) => {
    if (!skipUnless(t, weAreRoot && mayMount(), "root that may mount a tmpfs")) return;
    const folder = await newFolder();
    const small = startProgram(folder, { before: mounted(folder, "size=30m") });
    assert.match(await failure(small), /is full \(\d+ MB free, 80 MB needed\): free some space.*--data-dir/);

    const fill = `"$@" once > /dev/null || exit 9; head -c 200m /dev/zero > "$0/ballast" 2> /dev/null`;
    const full = startProgram(folder, { before: mounted(folder, "size=150m", fill) });
    assert.match(await failure(full), /is full: free some space, .*--data-dir/);
  });

  test("says that the disk is read-only", async (t) => {
    if (!skipUnless(t, weAreRoot && mayMount(), "root that may mount a tmpfs")) return;
    const folder = await newFolder();
    assert.match(
      await failure(startProgram(folder, { before: mounted(folder, "ro") })),
      /read-only disk: .*--data-dir/,
    );
  });

  test("leaves nothing running", () => {
    const listing = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
    assert.deepEqual(
      listing.split("\n").filter((line) => folders.some((folder) => line.includes(folder))),
      [],
    );
  });
});
