import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";

/** One figure, and whether it is good enough. */
export interface Bar {
  readonly bar: string;
  readonly what: string;
  readonly figure: number;
  readonly unit: string;
  readonly mustBe: string;
  readonly reached: boolean;
}

/** What every measurement works with. */
export interface Bench {
  /** The embedded database's folder; its server runs while `url` is used. */
  readonly dataDir: string;
  readonly url: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly sustain: number;
  readonly connections: number;
  /** How many orders are there already, for P8. */
  readonly orders: number;
  /** How many orders P4's file has, how large P5's is, and how long its import may take before it is cancelled. */
  readonly importOrders: number;
  readonly importBytes: number;
  readonly importSeconds: number;
  note(bar: Bar): void;
}

const resultsDir = new URL("./results/", import.meta.url).pathname;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function printBar(bar: Bar): void {
  const verdict = bar.mustBe === "" ? "" : bar.reached ? "reached" : "MISSED";
  console.log(`${bar.bar.padEnd(5)} ${bar.figure.toFixed(2).padStart(9)} ${bar.unit}  ${verdict}`);
}

/** The newest kept figure of each bar; a run may have measured some of them only. */
function lastFigures(): Map<string, string> {
  const figures = new Map<string, string>();
  const kept = readdirSync(resultsDir).filter((name) => name.endsWith(".json"));
  for (const name of kept.sort()) {
    const { bars }: { bars: Bar[] } = JSON.parse(readFileSync(join(resultsDir, name), "utf8"));
    for (const { bar, figure } of bars) figures.set(bar, `${figure.toFixed(2)} (${name.replace(".json", "")})`);
  }
  return figures;
}

/** Prints everything beside the last committed results. */
export function printTable(bars: readonly Bar[]): void {
  const before = lastFigures();
  console.log("\n| bar | what | must be | now | before | |\n|---|---|---|---|---|---|");
  for (const bar of bars) {
    const verdict = bar.mustBe === "" ? "" : bar.reached ? "reached" : "MISSED";
    const now = `${bar.figure.toFixed(2)} ${bar.unit}`;
    console.log(`| ${bar.bar} | ${bar.what} | ${bar.mustBe} | ${now} | ${before.get(bar.bar) ?? ""} | ${verdict} |`);
  }
}

export function saveBars(bars: readonly Bar[], sizes: object): void {
  const date = new Date().toISOString().slice(0, 16).replace(":", "");
  const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model, node: process.version };
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const text = JSON.stringify({ date, commit, machine, sizes, bars }, null, 2);
  writeFileSync(join(resultsDir, `${date}.json`), `${text}\n`);
}
