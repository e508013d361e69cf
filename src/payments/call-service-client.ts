/** An answer that arrived whole; or why there is none, and whether the call may have had its effect. */
export type ServiceReply =
  | { readonly status: number; readonly body: Buffer }
  | { readonly outcome: "not_sent" | "unknown"; readonly reason: string };

export interface ServiceCall {
  readonly url: string;
  readonly token: string;
  readonly method: "GET" | "POST";
  /** Begins with a slash. */
  readonly path: string;
  readonly sent: { readonly key: string; readonly body: string } | undefined;
  /** Ends the call, the body of its answer included. */
  readonly signal: AbortSignal;
}

const mostBytes = 262_144; // A hundred payments with their refunds have 100 kB; more is not what was asked for.

/** Errors that come before the first byte leaves, whatever system call reports them. */
const beforeSending = new Set(["ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);
const certificateFault = /CERT|SIGNATURE|ALTNAME/;

/** Calls a service once. Never throws; follows no redirect, which would send a payment somewhere else. */
export async function callService(call: ServiceCall): Promise<ServiceReply> {
  const { url, token, method, path, sent, signal } = call;
  if (signal.aborted) return { outcome: "not_sent", reason: "There was no time left to call the payment service." };
  const headers = {
    accept: "application/json",
    ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
    ...(sent ? { "content-type": "application/json", "idempotency-key": sent.key } : {}),
  };
  try {
    const init = { method, headers, redirect: "manual", signal, ...(sent ? { body: sent.body } : {}) } as const;
    const response = await fetch(`${url.replace(/\/+$/, "")}${path}`, init);
    return { status: response.status, body: await readAll(response) };
  } catch (error) {
    const outcome = isBeforeSending(error) && !signal.aborted ? "not_sent" : "unknown";
    return { outcome, reason: `No answer of the payment service: ${sentenceOf(error)}` };
  }
}

async function readAll(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop by an error closes the connection.
    if (bytes > mostBytes) throw new Error(`The answer is longer than ${mostBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Whether the connection was never made. One that broke later may have carried the request. */
function isBeforeSending(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isBeforeSending);
  if ("syscall" in error && (error.syscall === "connect" || error.syscall === "getaddrinfo")) return true;
  const code = "code" in error ? String(error.code) : "";
  return beforeSending.has(code) || certificateFault.test(code) || isBeforeSending(error.cause);
}

/** The innermost reason: `fetch failed` alone helps nobody. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return sentenceOf(error.cause);
  const code = "code" in error ? ` (${error.code})` : "";
  return `${error.message}${code}`;
}
