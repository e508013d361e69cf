import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { giveUpStrangers, openJobTasks } from "./open-job-tasks.ts";

/** Sees to it that every job that was given up has a task. `known` are the names of the jobs that this version has. */
export async function watchJobs(db: Db, clock: Clock, known: readonly string[]): Promise<void> {
  while ((await db.transaction((tx) => giveUpStrangers(tx, known))) > 0);
  let after: bigint | undefined = 0n;
  while (after !== undefined) {
    const from: bigint = after;
    after = await db.transaction((tx) => openJobTasks(tx, { after: from }, clock.now()));
  }
}
