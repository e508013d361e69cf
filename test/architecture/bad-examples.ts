import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A file that a rule must catch, or one that none may: its first line says which. */
export interface BadExample {
  readonly path: string;
  readonly rule: string | undefined;
}

const marker = /^\/\/ Must (?:be caught by ([A-Za-z-]+)|not be caught)/;

/** The examples under a folder. One that does not say what should happen to it is an error. */
export async function badExamples(folder: string): Promise<BadExample[]> {
  const entries = (await readdir(folder, { recursive: true })).filter((entry) => entry.endsWith(".ts")).sort();
  return Promise.all(
    entries.map(async (path) => {
      const found = marker.exec(await readFile(join(folder, path), "utf8"));
      if (!found) throw new Error(`${path} does not say by which rule it must be caught.`);
      return { path, rule: found[1] };
    }),
  );
}
