import type { Guard } from "./read-repository.ts";
import { sourcesOf } from "./read-repository.ts";

// The longest file and function are the linter's; these two keep the usual file short.
const medianLines = 80;
const nearlyAllLines = 250;
const nearlyAll = 0.95;

function lineAt(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export const longFiles: Guard = (files) => {
  const lines = sourcesOf(files)
    .map(({ text }) => text.split("\n").length)
    .sort((one, other) => one - other);
  const wrongs: string[] = [];
  const median = lineAt(lines, 0.5);
  const long = lineAt(lines, nearlyAll);
  if (median > medianLines) wrongs.push(`Half of the files have more than ${median} lines; ${medianLines} are enough.`);
  if (long > nearlyAllLines)
    wrongs.push(`One file in twenty has more than ${long} lines; ${nearlyAllLines} are enough.`);
  return wrongs;
};
