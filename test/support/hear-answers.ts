import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { text as readText } from "node:stream/consumers";
import type { Asked } from "./access-requests.ts";
import type { Answered } from "./serve.ts";

const longestText = 1_000_000; // A script of five megabytes is the same for everybody.
const lanes = 16; // More than two cores can work on, so that neither side waits.

/** Thousands of requests are asked: by `fetch` each costs the client three times as much (2026-11). */
const agent = new Agent({ keepAlive: true, maxSockets: lanes });

/** An answer without end, or a very long one, of which the head is enough. */
function isEnough({ headers }: IncomingMessage): boolean {
  return (
    headers["content-type"]?.startsWith("text/event-stream") === true || Number(headers["content-length"]) > longestText
  );
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] as string, rawHeaders[at + 1] as string);
  return headers;
}

/** Sends a request and follows nothing; of an answer without end, or a very long one, only the head is read. */
export async function hear(
  { address }: { readonly address: string },
  { method, path, body }: Asked,
  headers: Readonly<Record<string, string>>,
): Promise<Answered> {
  const bytes = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const sent = request(`${address}${path}`, {
    method,
    agent,
    headers: {
      ...(bytes === undefined
        ? {}
        : { "content-type": "application/json", "content-length": Buffer.byteLength(bytes) }),
      ...headers,
    },
  });
  sent.end(bytes);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const heard = { status: answer.statusCode ?? 0, headers: headersOf(answer) };
  if (!isEnough(answer) || method === "HEAD") return { ...heard, text: await readText(answer) };
  answer.destroy();
  return { ...heard, text: "" };
}

/** The code of a problem document; empty for anything else. */
export function codeOf({ headers, text }: Answered): string {
  if (text === "" || !headers.get("content-type")?.startsWith("application/problem+json")) return "";
  return (JSON.parse(text) as { code: string }).code;
}

/** Does something with each, several at once, and answers the results in order. */
export async function inLanes<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  async function lane(): Promise<void> {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as Item);
  }
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
