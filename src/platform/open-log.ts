import { type DestinationStream, type Logger, pino } from "pino";
import { loggableError, masked, withoutForbidden } from "./loggable.ts";
import { type LineWriter, lineWriter } from "./write-lines.ts";

const standardOutput = 1;

let lost = 0;

/** How many times lines could not be written since the process began. */
export function lostLogWrites(): number {
  return lost;
}

let output: LineWriter | undefined;

/** Standard output. One writer for the process, so that lines of several logs do not mix. */
function openOutput(): LineWriter {
  if (output !== undefined) return output;
  const writer = lineWriter(standardOutput, () => {
    lost += 1;
  });
  process.once("exit", () => writer.flush());
  output = writer;
  return writer;
}

/** The log of a process: one JSON object a line. Addresses and secrets are masked in whatever is written. */
export function openLog(level: string, to: DestinationStream = openOutput()): Logger {
  const safe = { err: loggableError, error: loggableError, cause: loggableError };
  return pino(
    {
      level,
      serializers: { ...safe, req: () => "[request]", res: () => "[answer]" },
      formatters: { log: withoutForbidden },
      hooks: { streamWrite: masked },
    },
    to,
  );
}
