// Must be caught by nouns-are-pure
import { readFile } from "node:fs/promises";
export const read = readFile;
