import { createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { WrongCall } from "./command.ts";

/** Writes beside a file, which is replaced when all is there: half of it must not look like the whole. */
export async function replaceFile<Result>(path: string, write: (to: Writable) => Promise<Result>): Promise<Result> {
  const part = `${path}.part`;
  const file = await open(part, "w").catch((error: Error) => {
    throw new WrongCall(`${path} cannot be written: ${error.message}.`);
  });
  const to = createWriteStream(part, { fd: file, flush: true });
  try {
    const written = await write(to);
    await rename(part, path);
    return written;
  } catch (error) {
    to.destroy();
    await rm(part, { force: true });
    throw error;
  }
}
