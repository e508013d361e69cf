import { execFile } from "node:child_process";
import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../architecture/read-repository.ts";

const run = promisify(execFile);
const client = join(root, "client");

/** Runs TypeScript on a project; throws with what it found. */
export async function compile(...args: string[]): Promise<void> {
  await run(join(root, "node_modules/.bin/tsc"), args).catch((error: { stdout?: string }) => {
    throw new Error(error.stdout);
  });
}

/**
 * Builds the client, packs it as it would be published, and installs the package in a folder that knows nothing of the
 * sources. Answers the names of the packed files.
 */
export async function installClient(folder: string): Promise<string[]> {
  const built = join(folder, "built");
  await mkdir(built, { recursive: true });
  for (const name of ["package.json", "README.md", "LICENSE"]) await cp(join(client, name), join(built, name));
  await compile("-p", join(client, "tsconfig.json"), "--outDir", join(built, "dist"));
  // Its build has just been done, with the TypeScript of the repository.
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: built,
  });
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  const installed = join(folder, "node_modules/@orderwell/client");
  await mkdir(installed, { recursive: true });
  await run("tar", ["-xzf", join(folder, packed?.filename ?? ""), "--strip-components=1", "-C", installed]);
  return (await readdir(installed, { recursive: true })).sort();
}
