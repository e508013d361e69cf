import { connect, type Socket } from "node:net";

export interface Load {
  readonly port: number;
  /** A whole HTTP/1.1 request, sent again and again on each connection, or what makes the next one. */
  readonly request: Buffer | (() => Buffer);
  readonly connections: number;
  readonly seconds: number;
  /** A request starts at most so often a second over all connections; without it each follows the last answer. */
  readonly perSecond?: number;
  /** Every answer must contain this, or the load fails: a fast error is no result. */
  readonly mustContain: string;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const warmUpSeconds = 1;

/** A request as it goes over the wire. */
export function httpRequest(method: string, path: string, headers: Record<string, string>, body = ""): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, "host: bench"];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== "") lines.push("content-type: application/json", `content-length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

/**
 * Sends requests over raw sockets, since a client library would take as much of the two cores as the server does.
 * With a rate, a request's time counts from when it was due, so that a server that stalls cannot hide it.
 */
export async function loadHttp(load: Load): Promise<LoadResult> {
  const times: number[] = [];
  const startedAt = performance.now();
  const countFrom = startedAt + warmUpSeconds * 1000;
  const until = countFrom + load.seconds * 1000;
  const failures: string[] = [];
  await Promise.all(
    Array.from({ length: load.connections }, (_, index) =>
      runConnection(load, {
        until,
        firstDue: startedAt + (index * 1000) / (load.perSecond ?? 1),
        done(dueAt, answer) {
          const now = performance.now();
          if (!answer.includes(load.mustContain)) failures.push(answer.slice(0, 300));
          if (now >= countFrom && now < until) times.push(now - dueAt);
        },
      }),
    ),
  );
  if (failures.length > 0) throw new Error(`${failures.length} answers were not as expected: ${failures[0]}`);
  times.sort((left, right) => left - right);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return {
    perSecond: times.length / load.seconds,
    requests: times.length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: times.at(-1) ?? 0,
  };
}

interface Run {
  readonly until: number;
  readonly firstDue: number;
  done(dueAt: number, answer: string): void;
}

function runConnection(load: Load, run: Run): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ port: load.port, host: "127.0.0.1", noDelay: true });
  const gapMs = load.perSecond === undefined ? 0 : (load.connections * 1000) / load.perSecond;
  let dueAt = load.perSecond === undefined ? performance.now() : run.firstDue;
  const send = () => {
    const now = performance.now();
    if (now >= run.until) {
      socket.end();
      resolve();
      return;
    }
    if (gapMs === 0) dueAt = now;
    const request = typeof load.request === "function" ? load.request() : load.request;
    if (dueAt > now) setTimeout(() => socket.write(request), dueAt - now);
    else socket.write(request);
  };
  onAnswers(socket, (answer) => {
    run.done(dueAt, answer);
    dueAt += gapMs;
    send();
  });
  socket.once("connect", send);
  socket.once("error", reject);
  socket.once("close", () => resolve());
  return promise;
}

/** Cuts the stream into answers by their content-length; one is under way at a time. */
export function onAnswers(socket: Socket, heard: (answer: string) => void): void {
  let pending = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    pending += chunk;
    const headEnd = pending.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(pending.slice(0, headEnd))?.[1] ?? 0);
    const end = headEnd + 4 + length;
    if (pending.length < end) return;
    const answer = pending.slice(0, end);
    pending = pending.slice(end);
    heard(answer);
  });
}
