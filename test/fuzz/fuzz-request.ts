import { bytesOf, type Tree } from "./json-tree.ts";
import type { Person } from "./open-crowd.ts";
import type { Operation } from "./read-operations.ts";

export type Header = readonly [name: string, value: string];

/** A request as it will be sent; texts are bytes, one character for each. */
export interface FuzzRequest {
  readonly operation: Operation | undefined;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly Header[];
  /** Whose cookies are sent; without somebody the API key is, where one is asked for. */
  readonly by?: Person | "nobody";
  /** A tree, or bytes that are none. */
  readonly body: Tree | undefined;
  /** The bytes of the whole request, where these are what is tried; the rest only tells what they came from. */
  readonly raw?: string;
  /** The request breaks off before its end. */
  readonly breaksOff?: true;
  /** Whatever else is true of it, it must not be accepted. */
  readonly mustRefuse?: true;
  /** What was done to it. */
  readonly what: string;
}

/** Who signs the bodies of webhooks: the headers for these bytes. */
export type Sign = (body: string) => readonly Header[];

/** Where requests go and as whom. */
export interface Sender {
  readonly origin: string;
  readonly apiKey: string;
  readonly sign: Sign;
}

const bodiless = new Set(["GET", "HEAD", "OPTIONS"]);

function has(headers: readonly Header[], name: string): boolean {
  return headers.some(([one]) => one.toLowerCase() === name);
}

/** Whether the answer to it has no body, whatever its head says. */
export function isHead({ method, raw }: FuzzRequest): boolean {
  return raw === undefined ? method === "HEAD" : raw.startsWith("HEAD ");
}

/** A write that was accepted may have changed something. */
export function isWrite({ method, raw }: FuzzRequest): boolean {
  return raw !== undefined || !bodiless.has(method);
}

function isWebhook({ operation }: FuzzRequest): boolean {
  return operation?.path.endsWith("/webhook") === true;
}

/** The headers that are sent, with those that a request of its kind needs and that were not chosen. */
export function headersOf(request: FuzzRequest, { origin, apiKey, sign }: Sender): Header[] {
  const { headers, body, by, operation } = request;
  const sent: Header[] = [["Host", new URL(origin).host]];
  const isKeyed = operation === undefined || operation.asker === "key";
  if (by === undefined && isKeyed && !has(headers, "authorization")) sent.push(["Authorization", `Bearer ${apiKey}`]);
  if (by !== undefined && by !== "nobody" && !has(headers, "cookie")) sent.push(["Cookie", by.cookies()]);
  sent.push(...headers);
  if (body === undefined) return sent;
  const bytes = bytesOf(body);
  if (!has(headers, "content-type")) sent.push(["Content-Type", "application/json"]);
  if (isWebhook(request) && !has(headers, "webhook-signature")) sent.push(...sign(bytes));
  if (!has(headers, "content-length") && !has(headers, "transfer-encoding"))
    sent.push(["Content-Length", `${bytes.length}`]);
  return sent;
}

/** Every byte of a request, as latin1. */
export function wire(request: FuzzRequest, sender: Sender): string {
  if (request.raw !== undefined) return request.raw;
  const { method, target, body } = request;
  const head = headersOf(request, sender).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${head.join("")}\r\n${body === undefined ? "" : bytesOf(body)}`;
}

const longestShown = 4000;

/** A command that sends the same bytes again; without the key, which is another one each time. */
export function commandOf(request: FuzzRequest, sender: Sender): string {
  const { hostname, port } = new URL(sender.origin);
  const bytes = wire(request, sender).replaceAll(sender.apiKey, "$KEY");
  if (bytes.length > longestShown) return `(${bytes.length} bytes, too many to show: ${request.what})`;
  const readable = [...bytes].map(escaped).join("");
  return `printf '%b' "${readable}" | nc ${hostname} ${port}`;
}

function escaped(character: string): string {
  if (character === "\r") return "\\r";
  if (character === "\n") return "\\n";
  if (character === "\\") return "\\\\\\\\";
  if (character === '"' || character === "`") return `\\${character}`;
  const code = character.charCodeAt(0);
  return code < 32 || code > 126 ? `\\0${code.toString(8).padStart(3, "0")}` : character;
}
