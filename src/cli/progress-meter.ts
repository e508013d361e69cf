import type { WriteStream } from "node:tty";

/** How far something is. */
export interface Progress {
  readonly stage: string;
  readonly done: number;
  /** At least as much as is done; 0 when nobody can say. */
  readonly whole: number;
  /** What else there is to say of it. */
  readonly text: string;
}

export interface Meter {
  show(progress: Progress): void;
  /** Leaves the last that was shown, with a line's end. */
  end(): void;
}

const betweenLinesMs = 3_000;
const mostPercent = 100;

/** A bar that moves on a terminal; in a pipe a line every few seconds, and one when a stage begins. */
export async function openMeter(
  stream: Pick<WriteStream, "isTTY"> & NodeJS.WritableStream,
  nowMs: () => number = () => performance.now(),
): Promise<Meter> {
  return stream.isTTY ? openBar(stream) : openLines(stream, nowMs);
}

function percentOf({ done, whole }: Progress): number {
  return whole === 0 ? 0 : Math.min(mostPercent, Math.floor((done / whole) * mostPercent));
}

function openLines(stream: NodeJS.WritableStream, nowMs: () => number): Meter {
  let stage: string | undefined;
  let shownAtMs = 0;
  let kept: Progress | undefined;
  const write = (progress: Progress) => {
    const share = progress.whole === 0 ? "" : `  ${percentOf(progress)} %`;
    stream.write(`${progress.stage}${share}${progress.text === "" ? "" : `  ${progress.text}`}\n`);
    [stage, shownAtMs, kept] = [progress.stage, nowMs(), undefined];
  };
  return {
    show(progress) {
      if (progress.stage === stage && nowMs() - shownAtMs < betweenLinesMs) kept = progress;
      else write(progress);
    },
    end() {
      if (kept) write(kept);
    },
  };
}

async function openBar(stream: NodeJS.WritableStream): Promise<Meter> {
  const { Presets, SingleBar } = await import("cli-progress");
  // Its width is left to the words: a terminal of 80 columns shows both.
  const barsize = 20;
  const options = {
    stream,
    barsize,
    format: "{stage} {bar} {percentage} %  {text}",
    hideCursor: true,
    forceRedraw: true,
  };
  const bar = new SingleBar(options, Presets.shades_classic);
  let begun = false;
  return {
    show({ stage, done, whole, text }) {
      const value = Math.min(done, whole);
      if (!begun) bar.start(whole, value, { stage, text });
      begun = true;
      bar.setTotal(whole);
      bar.update(value, { stage, text });
    },
    end() {
      if (begun) bar.stop();
      begun = false;
    },
  };
}
