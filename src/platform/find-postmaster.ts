import { execFile } from "node:child_process";
import { chown, readFile, rename, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { processBirth } from "./hold-lock.ts";

/** A PostgreSQL server that is running, or about to, in a data folder. */
export interface Postmaster {
  readonly pid: number;
  /** Empty while it is only starting. */
  readonly socketDir: string;
}

const pidLine = 0;
const socketDirLine = 4;

/** No process can have this id on Linux (2^22 at most) or macOS. */
const impossiblePid = 4_194_305;

const run = promisify(execFile);

/** Answers the server of this very folder, whoever started it; a dead one's file, or a stranger with its id, is none. */
export async function findPostmaster(clusterDir: string): Promise<Postmaster | undefined> {
  const lines = await pidFileLines(clusterDir);
  const pid = Number(lines[pidLine]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if ((await processBirth(pid)) === undefined || !(await servesFolder(pid, clusterDir))) return undefined;
  return { pid, socketDir: lines[socketDirLine] ?? "" };
}

async function pidFileLines(clusterDir: string): Promise<string[]> {
  const text = await readFile(join(clusterDir, "postmaster.pid"), "utf8").catch(() => "");
  return text.split("\n");
}

/** A server works in its data folder. Where that cannot be seen, its name must do. */
async function servesFolder(pid: number, clusterDir: string): Promise<boolean> {
  if (process.platform !== "linux") {
    const { stdout } = await run("ps", ["-p", String(pid), "-o", "comm="]).catch(() => ({ stdout: "" }));
    return basename(stdout.trim()) === "postgres";
  }
  const folder = await stat(clusterDir);
  try {
    const workedIn = await stat(`/proc/${pid}/cwd`);
    return workedIn.dev === folder.dev && workedIn.ino === folder.ino;
  } catch {
    const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    return name.trim() === "postgres";
  }
}

/**
 * Makes a dead server's file harmless when a stranger, or a zombie, has its id: PostgreSQL would refuse to start.
 * The rest of the file stays, since by it PostgreSQL finds a dead server's children that still write.
 */
export async function disownPidFile(clusterDir: string): Promise<void> {
  const path = join(clusterDir, "postmaster.pid");
  const lines = await pidFileLines(clusterDir);
  const pid = Number(lines[pidLine]);
  if (!(pid > 0) || pid === impossiblePid || (await findPostmaster(clusterDir))) return;
  const { mode, uid, gid } = await stat(path);
  await writeFile(`${path}.new`, [String(impossiblePid), ...lines.slice(1)].join("\n"), { mode });
  await chown(`${path}.new`, uid, gid);
  await rename(`${path}.new`, path);
}
