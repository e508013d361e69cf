import { link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomToken } from "./ids.ts";

const onlyOurs = 0o600;

/**
 * The secret that is kept in a file of this folder, made when it is not there. Of two processes that start at once one
 * makes it: the file appears whole under its name or not at all.
 */
export async function keepSecret(folder: string, name: string, make: () => string | Promise<string>): Promise<string> {
  const path = join(folder, name);
  const kept = await readSecret(path);
  if (kept !== undefined) return kept;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomToken(6)}`;
  await writeFile(draft, `${await make()}\n`, { mode: onlyOurs, flag: "wx", flush: true });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(draft);
  }
  return (await readSecret(path)) as string;
}

async function readSecret(path: string): Promise<string | undefined> {
  let secret: string;
  try {
    secret = (await readFile(path, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  // Everybody knows the empty one: what is signed with it could be forged.
  if (secret === "") throw new Error(`The secret in ${path} is empty: remove the file, and another is made.`);
  return secret;
}
