import type { Sql, Tx } from "./db.ts";
import { insertJobs, insertTasks } from "./job-queries.ts";
import { columnsOf } from "./statements.ts";
import { hereInTrace } from "./trace.ts";

/** What kind of later work there is, known to those who ask for it and to the one who does it. */
export interface JobDeclaration<Payload extends object> {
  readonly name: string;
  /** After so many failures the job is kept as it is, for a person to look at. */
  readonly maxTries: number;
  /** Never set: carries the type. */
  readonly payload?: Payload;
}

/** Later work that a transaction asks for. The payload must be plain JSON: no bigint, no Date. */
export interface QueuedJob {
  readonly job: JobDeclaration<object>;
  readonly payload: object;
  /** Not before this time; at once when absent. */
  readonly runAt?: Date;
  /** Smaller is sooner; 0 when absent. */
  readonly priority?: number;
}

/** One run of a job. */
export interface JobRun {
  /** Counts from 1. */
  readonly tries: number;
  /** When this try fails there is no other. */
  readonly lastTry: boolean;
  /** Aborted when the process was taken for dead, or should end and has waited long enough. */
  readonly signal: AbortSignal;
  /**
   * Aborted as soon as the process should end: a job that takes minutes comes to a good place and leaves the rest to
   * another run. Absent when a job is run by hand.
   */
  readonly ending?: AbortSignal;
  /** Under which `assertProcess` finds the worker; absent when a job is run by hand. */
  readonly processId?: string;
}

export interface Job<Payload extends object> {
  readonly declaration: JobDeclaration<Payload>;
  /** Resolves when the job is done; throws to have it run again later. May run twice or late, so it checks the state first. */
  run(payload: Payload, context: JobRun): Promise<void>;
  /** Whether this version can read a payload; one that it cannot gets few tries. Everything can be read without it. */
  accepts?(payload: unknown): payload is Payload;
  /**
   * Writes down, in the transaction that discards the job, what will not be done now. Throws a refusal when it must be
   * done. Without it, nothing is left to be said.
   */
  abandon?(tx: Tx, payload: Payload, now: Date): Promise<void>;
}

const declaredNames = new Set<string>();

/** Declares a kind of job. Its name stands once in the source. */
export function declareJob<Payload extends object>(
  name: string,
  options: { maxTries: number },
): JobDeclaration<Payload> {
  if (declaredNames.has(name)) throw new Error(`The job ${name} is declared twice.`);
  declaredNames.add(name);
  return { name, maxTries: options.maxTries };
}

export function queued<Payload extends object>(
  job: JobDeclaration<Payload>,
  payload: Payload,
  options: { runAt?: Date; priority?: number } = {},
): QueuedJob {
  return { job, payload, ...options };
}

/** Makes sure that jobs of these kinds can be queued. Run once at start, after the migrations. */
export async function prepareJobs(sql: Sql, declarations: readonly JobDeclaration<object>[]): Promise<void> {
  await insertTasks(sql, { names: declarations.map((job) => job.name) });
}

/** Queues jobs in the transaction of the change that they follow from. None is dropped: an unknown kind throws. */
export async function enqueue(tx: Tx, jobs: readonly QueuedJob[]): Promise<void> {
  if (jobs.length === 0) return;
  const mark = hereInTrace()?.traceparent;
  const columns = columnsOf(jobs, {
    names: ({ job }) => job.name,
    payloads: ({ payload }) => JSON.stringify(mark === undefined ? payload : { ...payload, [markName]: mark }),
    runAts: ({ runAt }) => runAt ?? null,
    maxTries: ({ job }) => job.maxTries,
    priorities: ({ priority }) => priority ?? 0,
  });
  await insertJobs(tx, columns).catch((error: unknown) => {
    if (!isTaskMissing(error)) throw error;
    const names = [...new Set(columns.names)].join(", ");
    throw new Error(`Jobs could not be queued: was prepareJobs run for ${names}?`, { cause: error });
  });
}

/** Where the payload of a job that was queued in a trace has its mark. */
const markName = "traceparent";

/** A payload as the job knows it, and the mark of whoever queued it, if that was in a trace. */
export function splitPayload(payload: object): { payload: object; mark: string | undefined } {
  if (!(markName in payload)) return { payload, mark: undefined };
  const { [markName]: mark, ...rest } = payload;
  return { payload: rest, mark: typeof mark === "string" ? mark : undefined };
}

function isTaskMissing(error: unknown): boolean {
  return error instanceof Error && "column" in error && error.column === "task_id";
}
