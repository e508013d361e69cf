// Must be caught by nouns-open-nothing
import { readFile } from "node:fs/promises";
export const read = readFile;
