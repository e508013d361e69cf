import {
  type FaultSummary,
  type Import,
  type ImportPreview,
  type ImportRow,
  isImportOver,
  ordersPending,
  paceOf,
} from "../imports/index.ts";
import type { Progress } from "./progress-meter.ts";
import { columnsText, harmless } from "./terminal.ts";

const secondsOfMinute = 60;
const stageNames = {
  reading: "Reading",
  merging: "Putting together",
  checking: "Checking",
  placing: "Placing",
  paying: "Paying",
} as const;

/** A count as people read it: 1,234,567. */
export function grouped(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? "" : "s"}`;
}

function minutesText(seconds: number): string {
  const whole = Math.ceil(seconds);
  const minutes = Math.floor(whole / secondsOfMinute);
  return minutes === 0 ? `${whole} s` : `${minutes} min ${whole % secondsOfMinute} s`;
}

/** How far an import is, in one line. */
export function importProgress(found: Import, now: Date): Progress {
  const { ratePerSecond, secondsLeft } = paceOf(found, now);
  const told = [
    ...whatIsDone(found),
    ratePerSecond === null ? "" : `${grouped(ratePerSecond)}/s`,
    secondsLeft === null ? "" : `${minutesText(secondsLeft)} left`,
  ];
  return { stage: stageName(found), ...shareOf(found), text: told.filter((part) => part !== "").join(", ") };
}

function stageName({ stage, status, pausedAt }: Import): string {
  if (pausedAt !== null) return "Paused";
  if (stage !== null) return stageNames[stage];
  if (status === "ready") return "Checked";
  return isImportOver(status) ? "Ended" : "Waiting";
}

function shareOf(found: Import): { done: number; whole: number } {
  const { stage, status, ordersRead, rowsRead, mark } = found;
  if (status === "ready") return { done: ordersRead, whole: ordersRead };
  if (stage === "reading") return { done: Number(found.readBytes), whole: Number(found.bytes) };
  // The mark of these two is an order's number, which is the number of its first row.
  if (stage === "merging" || stage === "checking") return { done: Math.min(mark, rowsRead), whole: rowsRead };
  if (stage === "paying") return { done: mark, whole: found.ordersPlaced };
  return { done: ordersRead - ordersPending(found), whole: ordersRead };
}

function whatIsDone(found: Import): string[] {
  const { stage, status, rowsRead, ordersPlaced, ordersRejected, ordersDuplicate } = found;
  if (status === "received" || stage === "reading") return rowsRead === 0 ? [] : [counted(rowsRead, "row")];
  if (stage === "merging" || stage === "checking" || status === "ready") return [counted(found.ordersRead, "order")];
  return [
    `${grouped(ordersPlaced)} placed`,
    stage === "paying" ? `${counted(found.mark, "payment")} asked for` : "",
    ordersRejected === 0 ? "" : `${grouped(ordersRejected)} rejected`,
    ordersDuplicate === 0 ? "" : `${grouped(ordersDuplicate)} there already`,
  ];
}

/** How a file was understood, and what is wrong with it, before anything is placed. */
export function previewLines(found: Import, preview: ImportPreview, faulty: readonly ImportRow[]): string[] {
  return [
    ...planLines(found),
    ...countLines(found),
    ...warningLines(found, preview),
    ...(preview.faults.length > 0 ? ["", "What is wrong, by kind:", ...faultLines(preview.faults)] : []),
    ...(faulty.length > 0 ? ["", "The first rows that are rejected:", ...faulty.flatMap(rowLines)] : []),
  ].map(harmless);
}

const delimiterNames: Readonly<Record<string, string>> = { ",": "comma", ";": "semicolon", "\t": "tab" };
const groupingNames = { by_reference: "rows of one reference are one order", row_is_order: "each row is an order" };

function planLines({ name, plan }: Import): string[] {
  if (plan === null) return [];
  if (plan.format === "ndjson") return [`${name}: NDJSON, one order a line.`];
  const dialect = plan.dialect === "plain" ? "CSV" : `CSV as ${plan.dialect} exports it`;
  const delimiter = delimiterNames[plan.delimiter] ?? plan.delimiter;
  const columns = plan.columns
    .filter(({ field }) => field !== "ignore")
    .map(({ name: column, field, recognized }) => [`  ${column}`, `is ${field}${recognized ? "" : ", as given"}`]);
  const leftOut = plan.columns.filter(({ field }) => field === "ignore").map(({ name: column }) => column);
  return [
    `${name}: ${dialect}, ${plan.encoding}, cells between ${delimiter}s; ${groupingNames[plan.grouping]}.`,
    ...columnsText(columns),
    ...(leftOut.length === 0 ? [] : [`  Left out: ${leftOut.join(", ")}.`]),
  ];
}

function countLines(found: Import): string[] {
  const { rowsRead, rowsDropped, ordersRead, ordersRejected, ordersDuplicate } = found;
  const exceptions = [
    ordersRejected === 0 ? "" : `${grouped(ordersRejected)} rejected`,
    ordersDuplicate === 0 ? "" : `${grouped(ordersDuplicate)} there already`,
    rowsDropped === 0 ? "" : `${counted(rowsDropped, "row")} left out`,
  ].filter((part) => part !== "");
  const others = exceptions.length > 0 ? `, ${exceptions.join(", ")}` : "";
  return [
    `${counted(rowsRead, "row")}, ${counted(ordersRead, "order")}: ${grouped(ordersPending(found))} can be placed${others}.`,
  ];
}

/** The references of another source are other ones: nothing else keeps its orders from being placed again. */
function warningLines(found: Import, { sameContent }: ImportPreview): string[] {
  if (sameContent.length === 0 || ordersPending(found) === 0) return [];
  const sources = [...new Set(sameContent.map(({ source }) => `"${source}"`))].join(", ");
  return [
    `Warning: the same content was imported as ${sources}; as "${found.source}" its orders would be placed a second time.`,
  ];
}

function faultLines(faults: readonly FaultSummary[]): string[] {
  const most = [...faults].sort((left, right) => right.rows - left.rows);
  return columnsText(most.map(({ code, column, rows }) => [`  ${counted(rows, "row")}`, code, column ?? ""]));
}

function rowLines({ line, faults, reason }: ImportRow): string[] {
  const reasons = [...(faults ?? []), ...(reason === null ? [] : [reason])];
  if (reasons.length === 0) return [`  line ${line}: another row of its order is wrong.`];
  // The sentence names the column and what stands there.
  return reasons.map(({ detail }) => `  line ${line}: ${detail}`);
}

/** How an import ended, and what there is to do; with the file that has what was rejected, if one was written. */
export function endLines(found: Import, rejectedFile?: string): string[] {
  const { status, ordersPlaced, ordersUnpaid, ordersRejected, failureDetail } = found;
  const placed = whatIsDone(found)
    .filter((part) => part !== "")
    .join(", ");
  if (status === "failed") {
    const outcome = ordersPlaced === 0 ? "Nothing was placed." : `What was placed stays: ${placed}.`;
    return [harmless(`The import failed: ${failureDetail ?? "It is not known why."}`), outcome];
  }
  if (status === "cancelled") return [`The import was cancelled: ${placed}.`];
  return [
    `Done: ${placed}.`,
    ...(ordersUnpaid === 0
      ? []
      : [`Not paid: ${counted(ordersUnpaid, "order")}. The rows say why, or that nobody knows yet.`]),
    ...(ordersRejected === 0 ? [] : [rejectedLine(found, rejectedFile)]),
  ];
}

/** Where what was rejected is, to be corrected and imported again. */
export function rejectedLine({ uid }: Import, rejectedFile?: string): string {
  if (rejectedFile !== undefined)
    return `What was rejected is in ${rejectedFile}: correct it, and import it with the same options.`;
  return `To correct what was rejected: orderwell import --watch ${uid} --rejected FILE, or /api/v2/imports/${uid}/rejected.csv`;
}
