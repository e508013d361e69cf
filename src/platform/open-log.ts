import { type DestinationStream, type Logger, pino } from "pino";
import { loggableError, masked } from "./loggable.ts";

/** Members that must never stand in a log, wherever somebody puts them. */
const forbidden = "authorization cookie x-api-key password secret token email customerEmail recipient body".split(" ");
const redacted = forbidden.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);

const mostWaitingBytes = 16_777_216; // Minutes of log at full load. A reader that stands still must not stop orders.

let lost = 0;

/** How many times lines could not be written since the process began. */
export function lostLogWrites(): number {
  return lost;
}

let output: DestinationStream | undefined;

/**
 * Standard output, written to behind the program's back: a reader that is slow, gone, or has a full disk costs lines and
 * never the process. One for the process, so that lines do not mix.
 */
function standardOutput(): DestinationStream {
  if (output !== undefined) return output;
  const opened = pino.destination({ dest: 1, sync: false, maxLength: mostWaitingBytes });
  const lose = () => {
    lost += 1;
  };
  opened.on("error", lose);
  opened.on("drop", lose);
  output = opened;
  return opened;
}

/** The log of a process: one JSON object a line. Addresses and secrets are masked in whatever is written. */
export function openLog(level: string, to: DestinationStream = standardOutput()): Logger {
  const safe = { err: loggableError, error: loggableError, cause: loggableError };
  return pino(
    {
      level,
      redact: redacted,
      serializers: { ...safe, req: () => "[request]", res: () => "[answer]" },
      hooks: { streamWrite: masked },
    },
    to,
  );
}
