/**
 * A payment service that misbehaves on request: `node test/fakes/gateway-server.ts`, told by its environment. It shares
 * no code with the program, and writes every effect to its own ledger, on disk before it answers.
 */
import { randomUUID } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";

const { LEDGER = "", KEYS = "honoured", WEBHOOK_URL = "", WEBHOOK_SECRET = "", PORT = "0" } = process.env;

/** An effect, one line of the ledger. Amounts stand there as they were sent. */
interface Entry {
  readonly kind: "charge" | "refund" | "settled";
  readonly orderId: string;
  readonly key: string;
  readonly reference: string;
  /** The payment that a refund is of. */
  readonly parent?: string;
  readonly amount: string;
  /** What was asked for, where the fake took something else. */
  readonly asked?: string;
  readonly currency: string;
  readonly status: "succeeded" | "failed" | "pending";
  readonly failure?: string;
  readonly at: string;
}

interface Fault {
  readonly kind: string;
  readonly on?: "charge" | "refund" | "find";
  readonly orderId?: string;
  readonly times?: number;
  readonly delayMs?: number;
}

type Reply = { status: number; body: string };
type Asked = { orderId: string; key: string; amount: string; currency: string; paymentId: string };

const ledgerFile = openSync(LEDGER, "a");
const entries: Entry[] = existsSync(LEDGER)
  ? readFileSync(LEDGER, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Entry)
  : [];
/** The answers that are repeated for their keys; a restart forgets those that were errors, as a real one's cache does. */
const answers = new Map<string, Reply>();
let faults: (Fault & { left: number })[] = [];
let keysForgotten = 0;
let calls = 0;

function write(entry: Entry): void {
  writeSync(ledgerFile, `${JSON.stringify(entry)}\n`);
  fsyncSync(ledgerFile);
  entries.push(entry);
}

/** The fault for this call, if one is left for it. */
function faultFor(on: Fault["on"], orderId: string): Fault | undefined {
  const fault = faults.find(
    (one) => one.left > 0 && (one.on ?? "charge") === on && (one.orderId === undefined || one.orderId === orderId),
  );
  if (fault) fault.left -= 1;
  return fault;
}

const json = (status: number, value: string): Reply => ({ status, body: value });
const text = JSON.stringify;

function statusNow(entry: Entry): Entry["status"] {
  const settled = entries.find((one) => one.kind === "settled" && one.reference === entry.reference);
  return settled?.status ?? entry.status;
}

function paymentText(entry: Entry, more = ""): string {
  const { orderId, key, reference, amount, currency, failure = null, at } = entry;
  const echoed = KEYS === "honoured" ? `,"idempotency_key":${text(key)}` : "";
  return `{"payment_id":${text(reference)},"order_id":${orderId},"amount":${amount},"currency":${text(currency)},"status":${text(statusNow(entry))},"failure":${text(failure)},"created_at":${text(at)}${echoed}${more}}`;
}

function refundText({ orderId, key, reference, parent = "", amount, currency, status }: Entry): string {
  const echoed = KEYS === "honoured" ? `,"idempotency_key":${text(key)}` : "";
  return `{"refund_id":${text(reference)},"payment_id":${text(parent)},"order_id":${orderId},"amount":${amount},"currency":${text(currency)},"status":${text(status)}${echoed}}`;
}

/** Another amount of the same currency, so that who reads carelessly records it. */
function oneMore(amount: string): string {
  return amount.replace(/^\d+/, (whole) => String(BigInt(whole) + 1n));
}

const declines: Record<string, string> = { decline: "card_declined", refuse: "insufficient_funds" };

function charge({ orderId, key, amount, currency }: Asked, fault: Fault | undefined): Reply {
  const reference = `fake_pay_${randomUUID()}`;
  const kind = fault?.kind ?? "";
  const failure = declines[kind];
  const taken = kind === "wrong-amount" ? oneMore(amount) : amount;
  const status = failure ? "failed" : kind === "pending" ? "pending" : "succeeded";
  const at = new Date().toISOString();
  const base = { kind: "charge", orderId, key, reference, amount: taken, asked: amount, currency, status, at } as const;
  const entry: Entry = failure ? { ...base, failure } : base;
  write(entry);
  return json(201, paymentText(entry));
}

function refund({ orderId, key, amount, currency, paymentId }: Asked): Reply {
  const paid = entries.find(
    (entry) => entry.kind === "charge" && entry.reference === paymentId && entry.orderId === orderId,
  );
  if (!paid) return json(404, '{"title":"There is no such payment"}');
  const refunded = entries
    .filter((entry) => entry.parent === paymentId)
    .reduce((sum, one) => sum + scaled(one.amount), 0n);
  if (statusNow(paid) !== "succeeded") return json(409, '{"title":"It holds no money"}');
  if (scaled(amount) <= 0n || refunded + scaled(amount) > scaled(paid.amount)) return json(422, '{"title":"Too much"}');
  const reference = `fake_re_${randomUUID()}`;
  const at = new Date().toISOString();
  const entry: Entry = {
    kind: "refund",
    orderId,
    key,
    reference,
    parent: paymentId,
    amount,
    currency,
    status: "succeeded",
    at,
  };
  write(entry);
  return json(201, refundText(entry));
}

/** An amount in millionths, so that amounts can be added up whatever their currency. */
function scaled(amount: string): bigint {
  const [whole = "0", fraction = ""] = amount.split(".");
  return BigInt(whole + fraction.padEnd(6, "0"));
}

function find(orderId: string): Reply {
  const payments = entries.filter((entry) => entry.kind === "charge" && entry.orderId === orderId).reverse();
  const main = payments.find((payment) => statusNow(payment) === "succeeded") ?? payments[0];
  if (!main) return json(404, '{"title":"There is no payment of this order"}');
  const shown = payments.map((payment) => {
    const refunds = entries.filter((entry) => entry.parent === payment.reference).map(refundText);
    return paymentText(payment, `,"refunds":[${refunds}]`);
  });
  return json(200, paymentText(main, `,"payments":[${shown}]`));
}

async function tell(orderId: string, reference: string): Promise<void> {
  const entry = entries.find((one) => one.kind === "charge" && one.reference === reference);
  if (!entry || WEBHOOK_URL === "") return;
  const { amount, currency } = entry;
  const body = `{"payment_id":${text(reference)},"status":${text(statusNow(entry))},"amount":${amount},"currency":${text(currency)}}`;
  const id = `msg_${reference}`;
  const now = new Date();
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": new Webhook(WEBHOOK_SECRET).sign(id, now, body),
  };
  const response = await fetch(WEBHOOK_URL.replace("{order_id}", orderId), { method: "POST", headers, body });
  await response.arrayBuffer();
}

/** The bytes of a number in a body, as they were written. */
function numberText(body: string, name: string): string {
  return new RegExp(`"${name}"\\s*:\\s*(-?[0-9.eE+-]+)`).exec(body)?.[1] ?? "";
}

function readAsked(body: string, headers: IncomingMessage["headers"]): Asked | undefined {
  const parsed = JSON.parse(body) as Record<string, unknown>;
  const amount = numberText(body, "amount");
  if (amount === "" || typeof parsed.currency !== "string" || typeof parsed.order_id !== "number") return undefined;
  const key = headers["idempotency-key"];
  return {
    orderId: numberText(body, "order_id"),
    key: typeof key === "string" ? key : randomUUID(),
    amount,
    currency: parsed.currency,
    paymentId: String(parsed.payment_id ?? ""),
  };
}

/** What was done for this key before, whose answer is given again. Errors are kept too; another body is refused. */
function before(on: "charge" | "refund", asked: Asked): Reply | undefined {
  if (KEYS !== "honoured") return undefined;
  const kept = answers.get(`${on} ${asked.key}`);
  if (kept) return kept;
  const entry = entries.slice(keysForgotten).find((one) => one.kind === on && one.key === asked.key);
  if (!entry) return undefined;
  if (scaled(entry.asked ?? entry.amount) !== scaled(asked.amount))
    return json(422, '{"title":"The key was used for something else"}');
  return json(200, on === "charge" ? paymentText(entry) : refundText(entry));
}

const hang = () => sleep(3_600_000, undefined, { ref: false });
const withoutEffect = new Set(["hang", "drop", "error", "reject", "busy", "nonsense"]);

async function refuseToWork(kind: string, response: ServerResponse): Promise<Reply | undefined> {
  if (kind === "hang") await hang();
  if (kind === "drop") response.socket?.destroy();
  if (kind === "error") return json(500, '{"title":"Out of order"}');
  if (kind === "reject") return json(422, '{"title":"Refused"}');
  if (kind === "busy") return json(429, '{"title":"Too many"}');
  if (kind === "nonsense") return json(200, '{"payment_id":7,"status":"fine"}');
  return undefined;
}

/** Does what is asked and answers, with the fault of the day; undefined when the caller shall hear nothing. */
async function move(
  on: "charge" | "refund",
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Reply | undefined> {
  const asked = readAsked(await bodyOf(request), request.headers);
  if (!asked) return json(422, '{"title":"Something is missing"}');
  const known = before(on, asked);
  if (known) return known;
  const fault = faultFor(on, asked.orderId);
  if (fault?.delayMs) await sleep(fault.delayMs);
  const meanwhile = before(on, asked);
  if (meanwhile) return meanwhile;
  if (fault && withoutEffect.has(fault.kind)) return refuseToWork(fault.kind, response);
  const reply = on === "charge" ? charge(asked, fault) : refund(asked);
  return afterEffect(fault, reply, { response, name: `${on} ${asked.key}`, orderId: asked.orderId });
}

async function afterEffect(
  fault: Fault | undefined,
  reply: Reply,
  { response, name, orderId }: { response: ServerResponse; name: string; orderId: string },
): Promise<Reply | undefined> {
  if (fault?.kind === "effect-then-500") {
    const failed = json(500, '{"title":"Something went wrong"}');
    answers.set(name, failed);
    return failed;
  }
  if (fault?.kind === "effect-then-hang") await hang();
  if (fault?.kind === "effect-then-drop") {
    response.socket?.destroy();
    return undefined;
  }
  if (fault?.kind === "duplicate") {
    const { payment_id } = JSON.parse(reply.body) as { payment_id: string };
    void Promise.allSettled([tell(orderId, payment_id), tell(orderId, payment_id)]);
  }
  return reply;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

async function control(path: string, request: IncomingMessage): Promise<Reply> {
  const body = JSON.parse((await bodyOf(request)) || "{}") as Record<string, unknown>;
  if (path === "/control/faults") return takeFault(body as unknown as Fault);
  if (path === "/control/settle")
    return settle(String(body.reference), body.status === "failed" ? "failed" : "succeeded");
  return json(200, `{"calls":${calls}}`);
}

function takeFault(fault: Fault): Reply {
  if (fault.kind === "none") faults = [];
  else if (fault.kind === "forget-keys") forgetKeys();
  else faults.push({ ...fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  return json(200, "{}");
}

async function settle(reference: string, status: Entry["status"]): Promise<Reply> {
  const entry = entries.find((one) => one.kind === "charge" && one.reference === reference);
  if (!entry) return json(404, "{}");
  const { orderId, key, amount, currency } = entry;
  write({ kind: "settled", orderId, key, reference, amount, currency, status, at: new Date().toISOString() });
  await tell(orderId, reference).catch(() => {});
  return json(200, "{}");
}

function forgetKeys(): void {
  answers.clear();
  keysForgotten = entries.length;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<Reply | undefined> {
  const path = (request.url ?? "").replace(/\/$/, "");
  if (path.startsWith("/control")) return control(path, request);
  calls += 1;
  const [, orderId] = /^\/api\/v1\/payments\/order\/(\d+)$/.exec(path) ?? [];
  if (request.method === "GET" && orderId) {
    const fault = faultFor("find", orderId);
    if (fault) return refuseToWork(fault.kind, response);
    return find(orderId);
  }
  if (request.method === "POST" && path === "/api/v1/payments") return move("charge", request, response);
  if (request.method === "POST" && path === "/api/v1/payments/refund") return move("refund", request, response);
  response.setHeader("content-type", "text/html");
  return { status: 404, body: "<h1>Not found</h1>" };
}

const server = createServer((request, response) => {
  answer(request, response)
    .catch((error: unknown): Reply => json(400, text({ title: String(error) })))
    .then((reply) => {
      if (!reply || response.destroyed) return;
      if (!response.hasHeader("content-type")) response.setHeader("content-type", "application/json");
      response.writeHead(reply.status).end(reply.body);
    })
    .catch(() => {});
});

// Dies with the test that started it, however that ends.
process.stdin.on("end", () => process.exit(0)).resume();
process.on("exit", () => closeSync(ledgerFile));
server.listen(Number(PORT), "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === "object" ? address?.port : PORT}\n`);
});
