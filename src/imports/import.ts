import type { ImportOptions } from "./import-options.ts";
import type { FilePlan } from "./reading.ts";

export const importStatuses = [
  "received",
  "validating",
  "ready",
  "running",
  "completed",
  "completed_with_errors",
  "cancelled",
  "failed",
] as const;
export type ImportStatus = (typeof importStatuses)[number];

/** Where an import may go from where it stands. Read again with other options, it begins anew as `received`. */
const moves: Readonly<Record<ImportStatus, readonly ImportStatus[]>> = {
  received: ["validating", "cancelled", "failed"],
  validating: ["ready", "running", "cancelled", "failed"],
  ready: ["running", "received", "cancelled"],
  running: ["completed", "completed_with_errors", "cancelled", "failed"],
  completed: [],
  completed_with_errors: [],
  cancelled: [],
  failed: ["received"],
};

export function importMovesFrom(status: ImportStatus): readonly ImportStatus[] {
  return moves[status];
}

export function canMoveImport(from: ImportStatus, to: ImportStatus): boolean {
  return moves[from].includes(to);
}

/** Whether nothing will happen to it any more by itself, and nothing was left to be started. */
export function isImportOver(status: ImportStatus): boolean {
  return status !== "received" && status !== "validating" && status !== "ready" && status !== "running";
}

/** Whether it ended without an order: its file may be taken in anew and doubles nothing. */
export function cameToNothing({ status, ordersPlaced }: Pick<Import, "status" | "ordersPlaced">): boolean {
  return (status === "cancelled" || status === "failed") && ordersPlaced === 0;
}

/** What is being done: rows are read, fragments of one order merged, known orders looked for, orders placed, then paid. */
export const importStages = ["reading", "merging", "checking", "placing", "paying"] as const;
export type ImportStage = (typeof importStages)[number];

/** As much of a row is shown where rows are listed: they may have a megabyte, and a page of such would be no page. */
export const longestTextShown = 10_000;

/** What became of orders and rows so far. Those that are none of it are pending. */
export interface ImportCounts {
  readonly rowsRead: number;
  /** Left out by a declared policy. */
  readonly rowsDropped: number;
  readonly rowsPlaced: number;
  readonly rowsRejected: number;
  readonly rowsDuplicate: number;
  readonly ordersRead: number;
  /** Orders of which every row was dropped. */
  readonly ordersDropped: number;
  readonly ordersPlaced: number;
  readonly ordersRejected: number;
  readonly ordersDuplicate: number;
  /** Of those placed with `payment: charge`: not paid when the import ended, or nobody knew. */
  readonly ordersUnpaid: number;
}

export const noCounts: ImportCounts = {
  rowsRead: 0,
  rowsDropped: 0,
  rowsPlaced: 0,
  rowsRejected: 0,
  rowsDuplicate: 0,
  ordersRead: 0,
  ordersDropped: 0,
  ordersPlaced: 0,
  ordersRejected: 0,
  ordersDuplicate: 0,
  ordersUnpaid: 0,
};

/** A file of orders on its way into the shop. */
export interface Import extends ImportCounts {
  readonly importId: bigint;
  readonly uid: string;
  /** Whose order references these are. */
  readonly source: string;
  /** What the file was called. */
  readonly name: string;
  readonly status: ImportStatus;
  /** Set while a running import rests. */
  readonly pausedAt: Date | null;
  readonly options: ImportOptions;
  /** How the file was understood; null until it was looked at. */
  readonly plan: FilePlan | null;
  /** Where the file is kept; null when it is not kept any more. */
  readonly blobKey: string | null;
  readonly bytes: bigint;
  readonly contentHash: string;
  readonly optionsHash: string;
  /** Counts from 1: the same file was asked to go again so often. */
  readonly generation: number;
  /** Null when nothing is under way. */
  readonly stage: ImportStage | null;
  /** How far the stage came: a row of the file, an order's number while merging and checking, orders asked for while paying. */
  readonly mark: number;
  /** Bytes of the file that were read. */
  readonly readBytes: bigint;
  /** When the stage began, or went on after a pause; with what was done by then it tells the rate. */
  readonly stageAt: Date | null;
  readonly stageFrom: number;
  /** Who works on it: whoever finds another's mark here stops. */
  readonly runner: string | null;
  /** Why it failed: a code and a sentence. */
  readonly failureCode: string | null;
  readonly failureDetail: string | null;
  /** The id of the API key, or `cli`. */
  readonly createdBy: string;
  readonly lastSequence: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** When its orders began to be placed. */
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

export const importRowStatuses = ["pending", "placed", "rejected", "duplicate", "dropped"] as const;
export type ImportRowStatus = (typeof importRowStatuses)[number];

/** Orders that are neither placed nor given up. */
export function ordersPending(counts: ImportCounts): number {
  const { ordersRead, ordersDropped, ordersPlaced, ordersRejected, ordersDuplicate } = counts;
  return ordersRead - ordersDropped - ordersPlaced - ordersRejected - ordersDuplicate;
}

/** What a stage counts towards its end: rows while reading, orders afterwards. */
function stageDone(given: ImportCounts & Pick<Import, "stage" | "mark">): number {
  if (given.stage === "paying") return given.mark;
  if (given.stage === "placing") return given.ordersRead - ordersPending(given);
  return given.stage === "reading" ? given.rowsRead : 0;
}

/** How fast a stage goes and when it is over; null where nobody can say. */
export interface ImportPace {
  /** Rows a second while reading, orders a second while placing and paying. */
  readonly ratePerSecond: number | null;
  readonly secondsLeft: number | null;
}

const soonestPaceMs = 200; // What was counted in less says little of what comes.

/** The pace of the stage that is under way, since it began or went on. */
export function paceOf(given: Import, now: Date): ImportPace {
  const elapsedMs = given.stageAt === null ? 0 : now.getTime() - given.stageAt.getTime();
  const done = stageDone(given) - given.stageFrom;
  if (given.pausedAt !== null || elapsedMs < soonestPaceMs || done <= 0)
    return { ratePerSecond: null, secondsLeft: null };
  const ratePerSecond = (done * 1000) / elapsedMs;
  return { ratePerSecond, secondsLeft: secondsLeft(given, ratePerSecond) };
}

function secondsLeft(given: Import, ratePerSecond: number): number | null {
  if (given.stage === "placing") return ordersPending(given) / ratePerSecond;
  if (given.stage === "paying") return Math.max(0, given.ordersPlaced - given.mark) / ratePerSecond;
  const [read, whole] = [Number(given.readBytes), Number(given.bytes)];
  if (given.stage !== "reading" || read === 0) return null;
  // How many rows there are is known by what rows took so far.
  return ((whole - read) * (given.rowsRead / read)) / ratePerSecond;
}
