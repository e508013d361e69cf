// npm run test:pg15: the tests on the PostgreSQL 15 of the system in place of the one that comes with us.
// PG_BIN names the folder of another version. Root runs it as the user postgres, since PostgreSQL refuses root.
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, root } from "../bin/launch.mjs";

const binaries = process.env.PG_BIN ?? "/usr/lib/postgresql/15/bin";
if (!existsSync(join(binaries, "initdb"))) {
  console.error(
    `There is no PostgreSQL in ${binaries}: install it (apt install postgresql-15), or name its folder by PG_BIN.`,
  );
  process.exit(1);
}

const weAreRoot = process.getuid?.() === 0;
const idOf = (flag) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
const folder = mkdtempSync(join(tmpdir(), "orderwell-pg15-"));
chmodSync(folder, 0o755);
if (weAreRoot) chownSync(folder, idOf("-u"), idOf("-g"));

/** Runs a program of PostgreSQL. */
function run(name, ...args) {
  const command = [join(binaries, name), ...args];
  const [program, ...rest] = weAreRoot ? ["runuser", "-u", "postgres", "--", ...command] : command;
  execFileSync(program, rest, { stdio: ["ignore", "ignore", "inherit"], cwd: "/" });
}

const cluster = join(folder, "cluster");
// As careless as the cluster that the tests start themselves, and with as many connections.
const settings = `-c listen_addresses= -c unix_socket_directories=${folder} -c max_connections=400 -c fsync=off -c full_page_writes=off -c timezone=UTC`;
try {
  run("initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N");
  run("pg_ctl", "-D", cluster, "-l", join(folder, "log"), "-w", "-o", settings, "start");
  const address = `?host=${encodeURIComponent(folder)}`;
  run("psql", "-h", folder, "-U", "postgres", "-qc", "create role orderwell login");
  process.env.TEST_DATABASE_URL = `postgresql://postgres@localhost/postgres${address}`;
  process.env.TEST_DATABASE_ROLE = "orderwell";
  process.exitCode = await launch([join(root, "scripts", "run-tests.ts"), ...process.argv.slice(2)]);
} finally {
  if (existsSync(join(cluster, "postmaster.pid"))) run("pg_ctl", "-D", cluster, "-m", "immediate", "-w", "stop");
  rmSync(folder, { recursive: true, force: true });
}
