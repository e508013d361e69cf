import type { Asked } from "./access-requests.ts";
import type { Answered } from "./serve.ts";

const longestText = 1_000_000; // A script of five megabytes is the same for everybody.

/** Sends a request; of an answer without end, or a very long one, only the head is read. */
export async function hear(
  { address }: { readonly address: string },
  { method, path, body }: Asked,
  headers: Readonly<Record<string, string>>,
): Promise<Answered> {
  const response = await fetch(`${address}${path}`, {
    method,
    redirect: "manual",
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const { status, headers: told } = response;
  const isLong =
    told.get("content-type")?.startsWith("text/event-stream") || Number(told.get("content-length")) > longestText;
  if (!isLong) return { status, headers: told, text: await response.text() };
  await response.body?.cancel();
  return { status, headers: told, text: "" };
}

/** The code of a problem document; empty for anything else. */
export function codeOf({ headers, text }: Answered): string {
  if (text === "" || !headers.get("content-type")?.startsWith("application/problem+json")) return "";
  return (JSON.parse(text) as { code: string }).code;
}

const lanes = 16; // More than two cores can work on, so that neither side waits.

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
