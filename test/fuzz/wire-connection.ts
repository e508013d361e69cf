import { connect, type Socket } from "node:net";

/** An answer as it came over the wire; texts are bytes, one character for each. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
}

/** What came back. */
export interface Heard {
  readonly answers: readonly WireAnswer[];
  /** Bytes that are no whole answer. */
  readonly rest: string;
  /** Nothing more came for longer than a server may think. */
  readonly hung: boolean;
}

export interface Asking {
  /** The answer has no body. */
  readonly head?: boolean;
  /** Sends it on a connection of its own and hears all until the server closes it. */
  readonly alone?: boolean;
  /** Says at once that nothing more comes: the rest of a request that breaks off. */
  readonly breaksOff?: boolean;
  /** Breaks the connection when so many bytes are sent. */
  readonly cutAfter?: number;
}

/** One client, with one connection that is made anew when it breaks. */
export interface WireClient {
  ask(bytes: string, asking?: Asking): Promise<Heard>;
  close(): void;
}

const hangMs = 20_000; // Far more than the slowest answer; only what never comes takes so long.

interface Parsed {
  readonly answer: WireAnswer;
  readonly end: number;
}

function headOf(text: string): { status: number; headers: Map<string, string[]> } | undefined {
  const [first = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})( |$)/.exec(first)?.[1];
  if (status === undefined) return undefined;
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return { status: Number(status), headers };
}

function chunkedBody(text: string, start: number): { body: string; end: number } | undefined {
  let body = "";
  let at = start;
  for (;;) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (!Number.isFinite(size) || text.length < next) return undefined;
    if (size === 0) return { body, end: next };
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    at = next;
  }
}

function isEndless(headers: WireAnswer["headers"]): boolean {
  return headers.get("content-type")?.[0]?.startsWith("text/event-stream") === true;
}

/** Where the body ends and what it is; undefined while it is not whole. One without an end is whole when the connection is closed. */
function bodyAt(text: string, start: number, headers: WireAnswer["headers"], closed: boolean) {
  // A stream has no end: that it began is the answer.
  if (isEndless(headers)) return { body: "", end: text.length };
  if (headers.get("transfer-encoding")?.[0]?.toLowerCase() === "chunked") return chunkedBody(text, start);
  const length = headers.get("content-length")?.[0];
  if (length === undefined) return closed ? { body: text.slice(start), end: text.length } : undefined;
  const end = start + Number(length);
  return text.length < end ? undefined : { body: text.slice(start, end), end };
}

/** The first whole answer in what came. */
function parseAnswer(text: string, head: boolean, closed: boolean): Parsed | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  const read = headEnd < 0 ? undefined : headOf(text.slice(0, headEnd));
  if (!read) return undefined;
  const start = headEnd + 4;
  const { status, headers } = read;
  if (status < 200) {
    const next = parseAnswer(text.slice(start), head, closed);
    return next && { ...next, end: start + next.end };
  }
  const bodiless = head || status === 204 || status === 304;
  const found = bodiless ? { body: "", end: start } : bodyAt(text, start, headers, closed);
  return found && { answer: { ...read, body: found.body }, end: found.end };
}

/** All whole answers in what came, and what is left. */
function parseAnswers(text: string, head: boolean, closed: boolean): Omit<Heard, "hung"> {
  const answers: WireAnswer[] = [];
  let rest = text;
  for (;;) {
    const parsed = parseAnswer(rest, head, closed);
    if (!parsed) return { answers, rest };
    answers.push(parsed.answer);
    rest = rest.slice(parsed.end);
  }
}

/** The first value of a header, or an empty text. */
export function headerOf({ headers }: WireAnswer, name: string): string {
  return headers.get(name)?.[0] ?? "";
}

interface Line {
  readonly socket: Socket;
  used: boolean;
  closed: boolean;
}

export function openWireClient(origin: string, patienceMs = hangMs): WireClient {
  const { hostname, port } = new URL(origin);
  let kept: Line | undefined;

  function newLine(): Line {
    const line: Line = {
      socket: connect({ host: hostname, port: Number(port), noDelay: true }),
      used: false,
      closed: false,
    };
    // Breaks are heard of by the close that follows.
    line.socket.on("error", () => {});
    line.socket.on("close", () => {
      line.closed = true;
    });
    return line;
  }

  async function ask(bytes: string, asking: Asking = {}): Promise<Heard> {
    const single = asking.alone === true || asking.cutAfter !== undefined;
    const line = single || !kept || kept.closed ? newLine() : kept;
    if (!single) kept = line;
    const { used } = line;
    const heard = await talk(line, bytes, { ...asking, patienceMs });
    const nothing = heard.answers.length === 0 && heard.rest === "" && !heard.hung;
    // The server may close a connection that rests at the moment when it is used.
    if (nothing && used && asking.cutAfter === undefined) return ask(bytes, asking);
    return heard;
  }

  return {
    ask,
    close() {
      kept?.socket.destroy();
    },
  };
}

function isLast(answer: WireAnswer | undefined): boolean {
  return (
    answer !== undefined && (isEndless(answer.headers) || headerOf(answer, "connection").toLowerCase() === "close")
  );
}

function talk(line: Line, bytes: string, asking: Asking & { patienceMs: number }): Promise<Heard> {
  const { head = false, alone = false, breaksOff = false, cutAfter } = asking;
  const { socket } = line;
  const chunks: Buffer[] = [];
  line.used = true;
  return new Promise((resolve) => {
    const end = (closed: boolean, hung: boolean) => {
      const parsed = parseAnswers(Buffer.concat(chunks).toString("latin1"), head, closed);
      if (!closed && !hung && parsed.answers.length === 0) return;
      if (!closed && !hung && alone) {
        // Half closed sooner, the server would drop the answer that it still works on.
        socket.end();
        return;
      }
      clearTimeout(late);
      socket.off("data", onData).off("close", onClose);
      if (alone || hung || isLast(parsed.answers.at(-1))) {
        socket.destroy();
        line.closed = true;
      }
      resolve({ ...parsed, hung });
    };
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      end(false, false);
    };
    const onClose = () => end(true, false);
    const late = setTimeout(() => end(false, true), asking.patienceMs);
    socket.on("data", onData).on("close", onClose);
    const sent = Buffer.from(cutAfter === undefined ? bytes : bytes.slice(0, cutAfter), "latin1");
    socket.write(sent, () => {
      if (cutAfter !== undefined) socket.destroy();
      else if (breaksOff) socket.end();
    });
  });
}
