/** How long to go on with one call. */
export interface Patience {
  /** How often a request is sent again at most. */
  readonly retries: number;
  /** How long one try may take. */
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

/** One try, ended when it takes too long. A stream of events may go on for as long as it likes once it has begun. */
async function sendOnce(send: Send, request: Request, timeoutMs: number): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new DOMException("The server did not answer in time.", "TimeoutError")),
    timeoutMs,
  );
  const response = await send(request, { signal: AbortSignal.any([request.signal, late.signal]) }).catch((error) => {
    clearTimeout(timer);
    throw error;
  });
  const isStream = response.headers.get("Content-Type")?.startsWith("text/event-stream");
  if (isStream) clearTimeout(timer);
  // What is left of the body may still hang, but that alone shall not keep a program alive.
  else (timer as { unref?(): void }).unref?.();
  return response;
}

/** What came of one try. */
type Tried =
  | { readonly response: Response; readonly error?: undefined }
  | { readonly response?: undefined; readonly error: unknown };

function attempt(send: Send, request: Request, timeoutMs: number): Promise<Tried> {
  // The body of a request can be sent once; the next try needs it too.
  return sendOnce(send, request.clone(), timeoutMs).then(
    (response) => ({ response }),
    (error: unknown) => ({ error }),
  );
}

/**
 * Makes a `fetch` that gives every write a key, and sends again what failed on the way or cannot be done just now. The key
 * stays the same, so that whatever reached the server is done once.
 */
export function retryRequests(send: Send, { retries, timeoutMs, longestWaitMs }: Patience): Send {
  return async (request) => {
    if (!reads.has(request.method) && !request.headers.has(keyHeader)) request.headers.set(keyHeader, newKey());
    let tried = await attempt(send, request, timeoutMs);
    for (let retry = 0; retry < retries && isPassing(tried, request.signal); retry += 1) {
      const ms = waitMsBefore(retry, tried.response, longestWaitMs);
      if (ms > longestWaitMs) break;
      await tried.response?.body?.cancel();
      await wait(ms, request.signal);
      tried = await attempt(send, request, timeoutMs);
    }
    if (tried.response) return tried.response;
    throw tried.error;
  };
}
