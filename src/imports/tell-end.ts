import type { Log } from "../platform/log.ts";
import type { Import } from "./import.ts";
import { importView } from "./import-view.ts";

/** Writes a line for an import that is over: how it ended, what came of it, and how long it took since it was started. */
export function tellEnd(log: Log, ended: Import): void {
  const { uid, name, status, failureCode, startedAt, createdAt, endedAt } = ended;
  const { rows, orders } = importView(ended);
  const seconds = ((endedAt ?? createdAt).getTime() - (startedAt ?? createdAt).getTime()) / 1000;
  log.info({ import: uid, file: name, status, failure: failureCode, rows, orders, seconds }, "An import ended.");
}
