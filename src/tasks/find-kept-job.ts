import type { Sql, Tx } from "../platform/db.ts";
import { findKeptJob, type JobFilter, type KeptJob, listKeptJobs, lockKeptJob } from "../platform/kept-job-queries.ts";
import { type Page, type PageWanted, pageById, parseId } from "../platform/page-by-id.ts";
import { jobNotFound } from "./job-errors.ts";

export type { KeptJob } from "../platform/kept-job-queries.ts";

/** Where a job stands. Those that are done are gone. */
export const jobStates = ["waiting", "running", "failed"] as const;
export type JobState = (typeof jobStates)[number];

type Standing = Pick<KeptJob, "tries" | "maxTries" | "lockedAt">;

export function stateOf({ tries, maxTries, lockedAt }: Standing): JobState {
  if (lockedAt !== null) return "running";
  return tries >= maxTries ? "failed" : "waiting";
}

/** Whether nothing happens to a job any more unless somebody decides so. */
export function isGivenUp(job: Standing): boolean {
  return stateOf(job) === "failed";
}

/**
 * Jobs, newest first.
 * @throws list.cursor_unknown
 */
export function findJobs(
  sql: Sql,
  { status, name }: { status?: JobState | undefined; name?: string | undefined },
  wanted: PageWanted,
): Promise<Page<KeptJob>> {
  const filter: JobFilter = { name, ...(status === undefined ? {} : { [status]: true }) };
  return pageById(
    wanted,
    (job) => job.jobId,
    (page) => listKeptJobs(sql, filter, page),
  );
}

/**
 * One job.
 * @throws job.not_found
 */
export async function getJob(sql: Sql, named: string): Promise<KeptJob> {
  const job = await findKeptJob(sql, { jobId: parseId(named) ?? 0n });
  if (!job) throw jobNotFound({ job: named });
  return job;
}

/**
 * One job, kept from workers until the transaction ends.
 * @throws job.not_found
 */
export async function holdJob(tx: Tx, named: string): Promise<KeptJob> {
  const job = await lockKeptJob(tx, { jobId: parseId(named) ?? 0n });
  if (!job) throw jobNotFound({ job: named });
  return job;
}
