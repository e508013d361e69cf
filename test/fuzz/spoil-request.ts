import { between, chance, type Dice, oneOf } from "./choose.ts";
import { type FuzzRequest, headersOf, type Sender, wire } from "./fuzz-request.ts";
import { bytesOf, type Tree, verbatim } from "./json-tree.ts";
import type { Judge } from "./judge-answer.ts";
import { brokenTexts, nastyHeaders, nastyMethods, nastyPaths, nastySegments, nastyTexts } from "./nasty.ts";
import type { Crowd } from "./open-crowd.ts";
import { spoilTree } from "./spoil-tree.ts";

/** What spoiling needs beside the request. */
export interface Spoiling {
  readonly dice: Dice;
  readonly judge: Judge;
  readonly sender: Sender;
  /** Who shops, where somebody does. */
  readonly crowd?: Crowd | undefined;
}

type Spoil = (request: FuzzRequest, spoiling: Spoiling) => FuzzRequest;

/** Whether the body is no JSON, or one that the description does not take. */
function isWrong(request: FuzzRequest, body: Tree, judge: Judge): boolean {
  const { operation } = request;
  if (!operation?.body) return false;
  const bytes = Buffer.from(bytesOf(body), "latin1");
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return judge.takes(operation, JSON.parse(text)) === false;
  } catch {
    return true;
  }
}

function withBody(request: FuzzRequest, body: Tree, judge: Judge, what: string): FuzzRequest {
  const { mustRefuse: _, ...rest } = request;
  return { ...rest, body, what, ...(isWrong(request, body, judge) ? { mustRefuse: true } : {}) };
}

const body: Spoil = (request, { dice, judge }) => {
  if (request.body === undefined) return segment(request, { dice, judge } as Spoiling);
  let spoiled = spoilTree(dice, request.body);
  if (chance(dice, 0.2)) spoiled = spoilTree(dice, spoiled);
  return withBody(request, spoiled, judge, "a spoiled body");
};

/** Cuts a body off, puts bytes into it, or sends something else altogether. */
const bodyBytes: Spoil = (request, { dice, judge }) => {
  const bytes = request.body === undefined ? "" : bytesOf(request.body);
  const at = between(dice, 0, bytes.length);
  const spoiled = oneOf(dice, [
    () => bytes.slice(0, at),
    () => `${bytes.slice(0, at)}${oneOf(dice, brokenTexts)}${bytes.slice(at)}`,
    () => bytes.slice(0, at) + String.fromCharCode(between(dice, 0, 255)) + bytes.slice(at + 1),
    () => `\xef\xbb\xbf${bytes}`,
    () => `${bytes}${bytes}`,
    () => `${bytes} x`,
    () => " ".repeat(between(dice, 0, 100_000)) + bytes,
    () => verbatim(`"${oneOf(dice, nastyTexts)}"`).bytes,
    () => "[".repeat(between(dice, 1, 100_000)),
    () => "null",
    () => "",
  ])();
  return withBody(request, { bytes: spoiled }, judge, "spoiled bytes of a body");
};

/** An id that there is not, in the place of one in the path. */
function segment(request: FuzzRequest, { dice }: Spoiling): FuzzRequest {
  const { operation } = request;
  const names = operation?.path.match(/\{[^}]+\}/g) ?? [];
  if (!operation || names.length === 0) return query(request, { dice } as Spoiling);
  const path = operation.path.replace(/\{[^}]+\}/g, () => oneOf(dice, nastySegments));
  return { ...request, target: path, what: "a nasty segment of the path" };
}

/** Parameters that are twice, too many, unknown, or not what they should be; cursors with a bit turned. */
function query(request: FuzzRequest, { dice }: Spoiling): FuzzRequest {
  const names = request.operation?.parameters.filter((one) => one.in === "query").map(({ name }) => name) ?? [];
  const [path = "", old = ""] = request.target.split("?");
  const name = oneOf(dice, [...names, "unknown", "__proto__", "%ff", ""]);
  const at = between(dice, 0, old.length);
  const turned = old.slice(0, at) + String.fromCharCode(old.charCodeAt(at) ^ 1 || 65) + old.slice(at + 1);
  const added = oneOf(dice, [
    `${name}=${oneOf(dice, nastySegments)}`,
    `${name}=1&${name}=2`,
    `${name}[]=1`,
    `${name}`,
    `${name}=${encodeURIComponent(oneOf(dice, nastyTexts))}`,
    turned.replaceAll(/[^\x21-\x7e]|#/g, "A"),
  ]);
  return { ...request, target: `${path}?${old === "" ? "" : `${old}&`}${added}`, what: "a nasty query" };
}

function header(request: FuzzRequest, { dice }: Spoiling): FuzzRequest {
  const count = chance(dice, 0.2) ? 2 : 1;
  const added = Array.from({ length: count }, () => oneOf(dice, nastyHeaders));
  const names = added.map(([name]) => name.toLowerCase());
  const kept = chance(dice, 0.8)
    ? request.headers.filter(([name]) => !names.includes(name.toLowerCase()))
    : request.headers;
  return { ...request, headers: [...kept, ...added], what: `the header ${names.join(" and ")}` };
}

/** Nobody, where somebody must be known: without a key or with none of ours, or with a shopper's cookies in its place. */
function stranger(request: FuzzRequest, { dice, crowd }: Spoiling): FuzzRequest {
  const asker = request.operation?.asker;
  if (asker === "user") return { ...request, by: "nobody", mustRefuse: true, what: "nobody signed in" };
  if (asker === "shopper") return { ...request, by: "nobody", what: "a stranger" };
  if (asker !== "key") return segment(request, { dice } as Spoiling);
  if (crowd && chance(dice, 0.3))
    return { ...request, by: oneOf(dice, crowd.users), mustRefuse: true, what: "a user who does not work here" };
  const value = oneOf(dice, ["", "Bearer", "Bearer ow_unknown", "Basic YTpi", "Bearer ' or 1=1"]);
  return { ...request, headers: [...request.headers, ["Authorization", value]], mustRefuse: true, what: "no API key" };
}

function isOfShoppers({ operation }: FuzzRequest): boolean {
  return operation?.asker === "shopper" || operation?.asker === "user";
}

/** What belongs to somebody, named in the address or, of a cart that is ordered, in the body. */
const owned = /^\/api\/store\/(carts|orders|customers)\/\{id\}|^\/api\/store\/checkout$/;

/** Somebody else asks for what they were not shown. */
function thief(request: FuzzRequest, spoiling: Spoiling): FuzzRequest {
  const { crowd } = spoiling;
  if (!crowd || !owned.test(request.operation?.path ?? "")) return stranger(request, spoiling);
  return { ...request, by: crowd.thief, mustRefuse: true, what: "a thief" };
}

/** Cookies that nobody gave: what they open is nothing, and whoever has them is a stranger. */
function forgedCookie(request: FuzzRequest, spoiling: Spoiling): FuzzRequest {
  const { dice } = spoiling;
  const { by } = request;
  if (!isOfShoppers(request) || by === undefined || by === "nobody") return header(request, spoiling);
  const good = by.cookies();
  const at = between(dice, good.indexOf("=") + 1, good.length - 1);
  const forged = oneOf(dice, [
    // Anywhere but at the end: some bits of the last character say nothing.
    good.slice(0, at) + (good[at] === "A" ? "B" : "A") + good.slice(at + 1),
    good.slice(0, at),
    good.replace(/=.*/, `=${"A".repeat(5000)}`),
    good.replace(/=.*/, "=%00"),
    good.replace(/=.*/, "="),
    `${good}; ${good.replace(/=.*/, "=other")}`,
    good.toUpperCase(),
    "=; ;;",
  ]);
  const headers = [...request.headers, ["Cookie", forged] as const];
  return { ...request, headers, what: "a forged cookie" };
}

/** A page of another site, which browsers name: it writes nothing with the cookies of ours. */
function crossSite(request: FuzzRequest, spoiling: Spoiling): FuzzRequest {
  if (!isOfShoppers(request) || request.method === "GET") return thief(request, spoiling);
  const added = oneOf<readonly [string, string]>(spoiling.dice, [
    ["Origin", "https://evil.example"],
    ["Origin", "null"],
    ["Origin", "http://127.0.0.1"],
    ["Sec-Fetch-Site", "cross-site"],
    ["Sec-Fetch-Site", "same-site"],
  ]);
  return { ...request, headers: [...request.headers, added], mustRefuse: true, what: `a page elsewhere: ${added}` };
}

function forger(request: FuzzRequest, spoiling: Spoiling): FuzzRequest {
  const { dice } = spoiling;
  if (!request.operation?.path.endsWith("/webhook")) return body(request, spoiling);
  const headers = headersOf(request, spoiling.sender).filter(([name]) => /^webhook-/i.test(name));
  const forged = headers.map(([name, value]): readonly [string, string] =>
    /signature/i.test(name) ? [name, `${value.slice(0, 6)}AAAA${value.slice(10)}`] : [name, value],
  );
  const old = headers.map(([name, value]): readonly [string, string] =>
    /timestamp/i.test(name) ? [name, String(Number(value) - 100_000)] : [name, value],
  );
  const wrongs = oneOf(dice, [forged, old, forged.slice(1)]);
  return {
    ...request,
    headers: [...request.headers, ...wrongs, ["Webhook-Signature", "v1,AAAA"]],
    mustRefuse: true,
    what: "a forged signature",
  };
}

/** Another method, or a path that is nobody's: what the operation says of itself is no longer true. */
function elsewhere(request: FuzzRequest, { dice }: Spoiling): FuzzRequest {
  const { mustRefuse: _, ...rest } = request;
  if (chance(dice, 0.5)) {
    const method = oneOf(
      dice,
      nastyMethods.filter((one) => one !== request.method),
    );
    return { ...rest, operation: undefined, method, what: `the method ${method}` };
  }
  return { ...rest, operation: undefined, target: oneOf(dice, nastyPaths), what: "a nasty path" };
}

/** Bytes that are hardly HTTP any more. */
function bytes(request: FuzzRequest, { dice, sender }: Spoiling): FuzzRequest {
  const whole = wire(request, sender);
  const headEnd = whole.indexOf("\r\n\r\n");
  const at = between(dice, 0, Math.min(whole.length - 1, headEnd + 200));
  const inHead = (line: string) => `${whole.slice(0, headEnd)}\r\n${line}${whole.slice(headEnd)}`;
  const [what, raw, breaksOff] = oneOf<readonly [string, string, boolean]>(dice, [
    ["a request cut off", whole.slice(0, at), true],
    ["a wrong byte", whole.slice(0, at) + String.fromCharCode(between(dice, 0, 255)) + whole.slice(at + 1), false],
    ["a longer Content-Length", whole.replace(/Content-Length: (\d+)/, "Content-Length: 9$1"), true],
    ["a shorter Content-Length", whole.replace(/Content-Length: \d+/, "Content-Length: 1"), false],
    ["two lengths", inHead("Content-Length: 3"), false],
    ["a length that is none", whole.replace(/Content-Length: \d+/, "Content-Length: -1"), false],
    ["a length and chunks", inHead("Transfer-Encoding: chunked"), true],
    ["an unknown coding", inHead("Transfer-Encoding: gzip, chunked"), true],
    ["a folded header", inHead("X-Folded: a\r\n b"), false],
    ["a header without a colon", inHead("nonsense"), false],
    ["a space before the colon", inHead("X-Space : a"), false],
    ["a bare line feed", whole.replace("\r\n", "\n"), false],
    ["NUL in a header", inHead("X-Nul: a\x00b"), false],
    ["no Host", whole.replace(/Host: [^\r]*\r\n/, ""), false],
    ["two Hosts", inHead("Host: other.example"), false],
    ["an old version", whole.replace("HTTP/1.1", "HTTP/1.0"), false],
    ["a version to come", whole.replace("HTTP/1.1", "HTTP/3.0"), false],
    ["an expectation", inHead("Expect: nonsense"), false],
    ["an upgrade", inHead("Connection: Upgrade\r\nUpgrade: websocket"), false],
    ["many headers", inHead(Array.from({ length: 300 }, (_, index) => `X-${index}: a`).join("\r\n")), false],
    ["two at once", `${whole}${whole}`, false],
    ["a greeting of TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", true],
    ["nothing but line feeds", "\r\n\r\n\r\n", true],
  ]);
  return { ...request, raw, what, ...(breaksOff ? { breaksOff: true } : {}) };
}

/** The body in chunks, whole or not. */
function chunked(request: FuzzRequest, { dice, sender }: Spoiling): FuzzRequest {
  if (request.body === undefined) return bytes(request, { dice, sender } as Spoiling);
  const text = bytesOf(request.body);
  const unlengthed = { ...request, headers: [...request.headers, ["Transfer-Encoding", "chunked"] as const] };
  const head = wire({ ...unlengthed, body: { bytes: "" } }, { ...sender, sign: () => sender.sign(text) });
  const at = between(dice, 1, Math.max(1, text.length - 1));
  const chunk = (piece: string, extra = "") =>
    piece === "" ? "" : `${piece.length.toString(16)}${extra}\r\n${piece}\r\n`;
  const [what, sent, breaksOff] = oneOf<readonly [string, string, boolean]>(dice, [
    ["chunks", `${chunk(text.slice(0, at))}${chunk(text.slice(at))}0\r\n\r\n`, false],
    ["chunks with extensions", `${chunk(text, ';a="b"')}0\r\nTrailer: x\r\n\r\n`, false],
    ["chunks without an end", chunk(text), true],
    ["a chunk of a wrong length", `fffff\r\n${text}`, true],
    ["a chunk of an absurd length", `ffffffffffffffffff\r\n${text}\r\n0\r\n\r\n`, true],
    ["a chunk that is none", `zz\r\n${text}\r\n0\r\n\r\n`, true],
  ]);
  return { ...request, raw: head + sent, what, ...(breaksOff ? { breaksOff: true } : {}) };
}

/** How often each way is taken, in all. */
const ways: readonly (readonly [share: number, spoil: Spoil])[] = [
  [44, body],
  [10, bodyBytes],
  [10, segment],
  [8, query],
  [10, header],
  [3, stranger],
  [3, thief],
  [3, forgedCookie],
  [3, crossSite],
  [3, forger],
  [5, elsewhere],
  [5, bytes],
  [2, chunked],
];
const all = ways.flatMap(([share, spoil]) => Array.from({ length: share }, () => spoil));

/** Makes a good request into one that should be refused, or that at least should do no harm. */
export function spoilRequest(request: FuzzRequest, spoiling: Spoiling): FuzzRequest {
  return oneOf(spoiling.dice, all)(request, spoiling);
}
