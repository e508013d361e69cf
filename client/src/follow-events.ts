import { OrderwellProblem } from "./orderwell-problem.ts";
import { wait, waitMsBefore } from "./retry-requests.ts";

/** Opens a stream behind the message of this id; throws what is refused. */
export type OpenStream = (lastId: string | undefined) => Promise<Response>;

/** How long to go on with one stream. */
export interface Following {
  /** A stream that says nothing for so long is taken for broken; the server gives a sign every 15 seconds. */
  readonly quietMs: number;
  readonly longestWaitMs: number;
  readonly signal: AbortSignal;
  /** The type of the message after which nothing more will come; without it the stream has no end. */
  readonly lastType?: string;
}

interface Message {
  readonly type: string | undefined;
  readonly id: string | undefined;
  readonly data: string | undefined;
}

const messageEnd = "\n\n";
const serverError = 500;
const tooMany = 429;

function fieldOf(text: string, name: string): string | undefined {
  const line = text.split("\n").find((one) => one.startsWith(`${name}: `));
  return line?.slice(name.length + 2);
}

/**
 * The messages of one connection, until it ends or breaks, which come to the same here. Ends the connection when nobody
 * reads on, or it would keep the program alive. Source: WHATWG HTML, server-sent events, as Orderwell writes them.
 */
async function* messagesOf(body: ReadableStream<Uint8Array>, quietMs: number): AsyncGenerator<Message> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const readOn = async (): Promise<Uint8Array | undefined> => {
    const timer = setTimeout(() => void reader.cancel().catch(() => {}), quietMs);
    const { value } = await reader.read().catch(() => ({ value: undefined }));
    clearTimeout(timer);
    return value;
  };
  try {
    let text = "";
    for (let bytes = await readOn(); bytes !== undefined; bytes = await readOn()) {
      const messages = (text + decoder.decode(bytes, { stream: true })).split(messageEnd);
      text = messages.pop() ?? "";
      for (const message of messages)
        yield { type: fieldOf(message, "event"), id: fieldOf(message, "id"), data: fieldOf(message, "data") };
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Whether a stream that was open before may be opened again later: not when the key was revoked, for instance. */
function passes(error: unknown): boolean {
  if (!(error instanceof OrderwellProblem)) return true;
  return error.status >= serverError || error.status === tooMany;
}

/** Opens a stream again, as often as it takes, with growing waits; answers nothing when the signal says stop. */
async function openAgain(open: OpenStream, lastId: string | undefined, following: Following) {
  const { longestWaitMs, signal } = following;
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      await wait(waitMsBefore(tries, undefined, longestWaitMs), signal);
      return await open(lastId);
    } catch (error) {
      if (!signal.aborted && !passes(error)) throw error;
    }
  }
  return undefined;
}

/**
 * What is told by a stream and by those that follow it: the server ends each after a quarter of an hour, networks earlier.
 * Goes on behind the last message that was heard, and ends when the signal says so, or with the last one that there is.
 */
export async function* followEvents<Told>(
  first: Response,
  open: OpenStream,
  following: Following,
): AsyncGenerator<Told> {
  let lastId: string | undefined;
  for (let response: Response | undefined = first; response?.body; ) {
    for await (const { type, id, data } of messagesOf(response.body, following.quietMs)) {
      lastId = id ?? lastId;
      if (data !== undefined) yield JSON.parse(data) as Told;
      if (type !== undefined && type === following.lastType) return;
    }
    response = await openAgain(open, lastId, following);
  }
}
