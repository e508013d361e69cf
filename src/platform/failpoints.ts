import { setTimeout as sleep } from "node:timers/promises";

type Fault = { kind: "kill" | "throw" | "hang" } | { kind: "delay" | "block"; ms: number };
interface Failpoint {
  fault: Fault;
  /** The fault happens at this visit, counted from 1; earlier and later ones pass. 0 means at every visit. */
  visit: number;
}

let armed: Map<string, Failpoint> | undefined;
const visits = new Map<string, number>();
let trace: ((name: string) => void) | undefined;

/** A hang lasts longer than any test; a promise that nothing holds would let the process end instead. */
const hangMs = 3_600_000;

/**
 * Arms failpoints from text: `name:kill`, `name@2:throw`, `name:delay=50`, `name:block=50`, several joined by
 * commas. A block keeps the whole process from doing anything else for so many milliseconds.
 * Without a call every point is passed for free.
 */
export function armFailpoints(text: string): void {
  const points = new Map<string, Failpoint>();
  for (const part of text.split(",").filter((piece) => piece.length > 0)) {
    const match = /^([a-z-]+)(?:@(\d+))?:(?:(kill|throw|hang)|(delay|block)=(\d+))$/.exec(part.trim());
    if (!match?.[1])
      throw new Error(`"${part}" is not a failpoint; write name@visit:kill|throw|hang|delay=ms|block=ms.`);
    const fault = (match[3] ? { kind: match[3] } : { kind: match[4], ms: Number(match[5]) }) as Fault;
    points.set(match[1], { fault, visit: Number(match[2] ?? 0) });
  }
  armed = points;
  visits.clear();
}

/** Tells a driver which points a run passes, so that the next runs can fail at each of them. */
export function traceFailpoints(listener: ((name: string) => void) | undefined): void {
  trace = listener;
}

/** A named point where a test can kill, stop or delay the process. The names are listed by `git grep 'reach('`. */
export async function reach(name: string): Promise<void> {
  trace?.(name);
  const point = armed?.get(name);
  if (!point) return;
  const visit = (visits.get(name) ?? 0) + 1;
  visits.set(name, visit);
  if (point.visit !== 0 && point.visit !== visit) return;
  if (point.fault.kind === "kill") process.kill(process.pid, "SIGKILL");
  if (point.fault.kind === "throw") throw new Error(`Failpoint ${name}`);
  if (point.fault.kind === "block") return block(point.fault.ms);
  await sleep(point.fault.kind === "delay" ? point.fault.ms : hangMs);
}

/** Nothing else of this process runs meanwhile, as with a loop that computes for too long. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
