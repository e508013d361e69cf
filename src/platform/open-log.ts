import { pino } from "pino";
import type { Log } from "./log.ts";

/** What must never stand in a log, wherever it hides. */
const secrets = ["*.authorization", "*.cookie", "headers.authorization", "headers.cookie", "*.password", "*.secret"];

/** The log of a process: one JSON object a line on standard output. */
export function openLog(level: string): Log {
  return pino({ level, redact: secrets });
}
