import { write, writeSync } from "node:fs";

/** Where a log goes, line by line. */
export interface LineWriter {
  /** Takes a line and returns at once. */
  write(line: string): void;
  /** Writes what is left before the process ends. A reader that is gone loses it. */
  flush(): void;
}

const mostWaiting = 16_777_216; // Characters: minutes of log at full load. A reader that stands still must not stop orders.
const busyMs = 50;
const brokenMs = 1_000; // A disk that is full, or a reader that is gone: it may be back, and asking is cheap.

/**
 * Writes to a file descriptor behind the program's back: one that is slow, closed or full costs lines, which `lose` hears
 * of, and never the process.
 *
 * Not by pino's own destination: 10.4 loops for ever at the end of a process whose disk is full, and blocks the whole
 * process on a slow reader when it is told to write synchronously.
 */
export function lineWriter(fd: number, lose: () => void): LineWriter {
  let waiting: string[] = [];
  let waitingLength = 0;
  let busy = false;

  function takeAll(): Buffer {
    const taken = Buffer.from(waiting.join(""));
    waiting = [];
    waitingLength = 0;
    return taken;
  }

  function next(): void {
    busy = waiting.length > 0;
    if (busy) send(takeAll());
  }

  function send(bytes: Buffer): void {
    write(fd, bytes, (error, written) => {
      if (error) return pause(error, bytes);
      if (written < bytes.length) return send(bytes.subarray(written));
      next();
    });
  }

  function pause(error: NodeJS.ErrnoException, bytes: Buffer): void {
    const again = error.code === "EAGAIN" || error.code === "EBUSY";
    if (!again) lose();
    setTimeout(() => (again ? send(bytes) : next()), again ? busyMs : brokenMs).unref();
  }

  return {
    write(line) {
      if (waitingLength + line.length > mostWaiting) return lose();
      waiting.push(line);
      waitingLength += line.length;
      if (!busy) next();
    },
    flush() {
      if (waiting.length === 0) return;
      try {
        writeSync(fd, takeAll());
      } catch {
        lose();
      }
    },
  };
}
