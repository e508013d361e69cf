import { readdir, readFile } from "node:fs/promises";

const folder = new URL("../../db/invariants/", import.meta.url);
const fileName = /^I\d{2}_[a-z_]+\.sql$/;

export interface Invariant {
  /** As RELIABILITY names it; those from I41 on are ours. */
  readonly id: string;
  readonly title: string;
  /** `drained`: holds once nothing is under way any more. */
  readonly when: "always" | "drained";
  /** Answers the violations, none when it holds. The first column, `what`, says in words what is wrong. */
  readonly sql: string;
}

/** An invariant that no statement over one database can check: a test harness does. */
export interface HarnessInvariant {
  readonly id: string;
  readonly title: string;
  readonly why: string;
}

export const harnessInvariants: readonly HarnessInvariant[] = [
  {
    id: "I23",
    title: "Nobody sees what is not theirs",
    why: "needs the history of what each caller was answered",
  },
  {
    id: "I30",
    title: "What was acknowledged exists, what was refused does not",
    why: "needs the history of what each caller was answered",
  },
];

/** Reads one invariant from its file: the header says what it is, the rest is the statement. */
export function parseInvariant(name: string, text: string): Invariant {
  const [, id, title, when] = /^-- id: (I\d{2})\n-- title: (.+)\n-- when: (always|drained)\n/.exec(text) ?? [];
  if (!id || !title || !when || !name.startsWith(`${id}_`)) {
    throw new Error(`${name} does not begin with its id, title and when.`);
  }
  return { id, title, when: when as Invariant["when"], sql: text };
}

/** Every invariant that has its tables, in the order of the ids. */
export async function readInvariants(): Promise<Invariant[]> {
  const names = (await readdir(folder)).filter((name) => fileName.test(name)).sort();
  return Promise.all(names.map(async (name) => parseInvariant(name, await readFile(new URL(name, folder), "utf8"))));
}
