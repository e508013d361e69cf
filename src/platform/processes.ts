import { randomUUID } from "node:crypto";
import type { Sql, Tx } from "./db.ts";
import { deleteProcess, extendProcess, insertProcess, lockProcess } from "./process-queries.ts";

/** Registers a worker with its pool of jobs and answers the id under which it lives. */
export async function registerProcess(
  sql: Sql,
  worker: { kind: string; workerPoolId: string; seconds: number },
): Promise<string> {
  const processId = randomUUID();
  await insertProcess(sql, { processId, ...worker });
  return processId;
}

/** Says that the process lives. False: it was taken for dead, and its jobs were given to others. */
export async function renewProcess(sql: Sql, processId: string, seconds: number): Promise<boolean> {
  return (await extendProcess(sql, { processId, seconds })) > 0;
}

export async function removeProcess(sql: Sql, processId: string): Promise<void> {
  await deleteProcess(sql, { processId });
}

/** Thrown when a process writes that was taken for dead: somebody else does its work now. */
export class ProcessLost extends Error {
  constructor(processId: string) {
    super(`The process ${processId} was taken for dead; its jobs are run by others.`);
    this.name = "ProcessLost";
  }
}

/**
 * Throws `ProcessLost` unless the process is alive, and keeps it alive until the transaction ends.
 * For writes that have no state of their own to guard them.
 */
export async function assertProcess(tx: Tx, processId: string): Promise<void> {
  if (!(await lockProcess(tx, { processId }))) throw new ProcessLost(processId);
}
