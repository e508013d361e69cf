/** How long to go on with one call. */
export interface Patience {
  /** How often a request is sent again at most. */
  readonly retries: number;
  /** How long one try may take; of what is streamed, until it begins. */
  readonly timeoutMs: number;
  /** The longest wait between two tries; a server that wants a longer one is not waited for. */
  readonly longestWaitMs: number;
}

/** Sends a request as `fetch` does. */
export type Send = (request: Request, init?: RequestInit) => Promise<Response>;

const keyHeader = "Idempotency-Key";
const keyBytes = 16; // As many as a UUID has.
const firstWaitMs = 200;
const secondMs = 1000;
const reads = new Set(["GET", "HEAD"]);

/** What passes by itself: too many requests, and what cannot be done just now. */
const passing = new Set([429, 503]);
const conflict = 409;

/** A key that nobody else makes. Not `randomUUID`, which browsers have on secure pages only. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(keyBytes));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What the server asks us to wait. Source: RFC 9110, section 10.2.3. */
function askedWaitMs(response: Response): number | undefined {
  const asked = response.headers.get("Retry-After");
  if (asked === null) return undefined;
  const seconds = /^\d+$/.test(asked) ? Number(asked) : (Date.parse(asked) - Date.now()) / secondMs;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds * secondMs);
}

/** A conflict passes when the server says when: the first try of this very call may still be under way. */
function isPassing({ response }: Tried, signal: AbortSignal): boolean {
  if (!response) return !signal.aborted;
  return passing.has(response.status) || (response.status === conflict && response.headers.has("Retry-After"));
}

/** How long to wait before the next try: twice as long each time, in part by chance, and not less than the server asks. */
export function waitMsBefore(retry: number, response: Response | undefined, longestWaitMs: number): number {
  const own = Math.min(longestWaitMs, firstWaitMs * 2 ** retry) * (0.5 + Math.random() / 2);
  return Math.max(own, (response && askedWaitMs(response)) ?? 0);
}

/** Waits, or throws what the signal was ended with. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

/** What may go on for as long as it likes once it has begun: events, and files of any size. */
const streamed = /^(text\/event-stream|text\/csv|application\/x-ndjson)\b/;

/** One try, ended when it takes too long, if there is a time for it. */
async function sendOnce(send: Send, request: Request, timeoutMs: number | undefined): Promise<Response> {
  if (timeoutMs === undefined) return send(request);
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new DOMException("The server did not answer in time.", "TimeoutError")),
    timeoutMs,
  );
  const response = await send(request, { signal: AbortSignal.any([request.signal, late.signal]) }).catch((error) => {
    clearTimeout(timer);
    throw error;
  });
  if (streamed.test(response.headers.get("Content-Type") ?? "")) clearTimeout(timer);
  // What is left of the body may still hang, but that alone shall not keep a program alive.
  else (timer as { unref?(): void }).unref?.();
  return response;
}

/** What came of one try. */
type Tried =
  | { readonly response: Response; readonly error?: undefined }
  | { readonly response?: undefined; readonly error: unknown };

function attempt(send: Send, request: Request, timeoutMs: number | undefined): Promise<Tried> {
  return sendOnce(send, request, timeoutMs).then(
    (response) => ({ response }),
    (error: unknown) => ({ error }),
  );
}

/** A request that is made anew for each try: a body can be sent once. */
interface Repeated {
  readonly make: () => Request;
  readonly signal: AbortSignal;
  readonly timeoutMs: number | undefined;
}

async function sendUntilDone(send: Send, { make, signal, timeoutMs }: Repeated, patience: Patience): Promise<Response> {
  const { retries, longestWaitMs } = patience;
  let tried = await attempt(send, make(), timeoutMs);
  for (let retry = 0; retry < retries && isPassing(tried, signal); retry += 1) {
    const ms = waitMsBefore(retry, tried.response, longestWaitMs);
    if (ms > longestWaitMs) break;
    await tried.response?.body?.cancel();
    await wait(ms, signal);
    tried = await attempt(send, make(), timeoutMs);
  }
  if (tried.response) return tried.response;
  throw tried.error;
}

function giveKey({ method, headers }: Request): void {
  if (!reads.has(method) && !headers.has(keyHeader)) headers.set(keyHeader, newKey());
}

/**
 * Makes a `fetch` that gives every write a key, and sends again what failed on the way or cannot be done just now. The key
 * stays the same, so that whatever reached the server is done once.
 */
export function retryRequests(send: Send, patience: Patience): Send {
  return (request) => {
    giveKey(request);
    const make = () => request.clone();
    return sendUntilDone(send, { make, signal: request.signal, timeoutMs: patience.timeoutMs }, patience);
  };
}

/**
 * The same for a form with a file, which is read again for each try: a copy of the request would hold it whole. Its time is
 * its own: the server ends one that stands still.
 */
export function retryUpload(send: Send, patience: Patience, form: FormData): Send {
  return (request) => {
    giveKey(request);
    const { url, method, signal } = request;
    const headers = new Headers(request.headers);
    headers.delete("Content-Type"); // It names the boundary, which each try has for itself.
    const make = () => new Request(url, { method, headers, signal, body: form });
    return sendUntilDone(send, { make, signal, timeoutMs: undefined }, patience);
  };
}
