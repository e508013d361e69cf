import { setTimeout as sleep } from "node:timers/promises";
import { between, chance, type Dice } from "./choose.ts";
import { type FuzzRequest, isWrite } from "./fuzz-request.ts";
import { bytesOf } from "./json-tree.ts";
import { type Wrong, wrong } from "./judge-answer.ts";
import { type Heard, headerOf, type WireAnswer } from "./wire-connection.ts";

/** How one good request is sent, and told about. */
export interface Visitor {
  readonly dice: Dice;
  note(one: Wrong, request: FuzzRequest): void;
  /** Sends it, or only so many bytes of it before the connection is broken. */
  ask(request: FuzzRequest, cutAfter?: number): Promise<Heard>;
  /** Sends it on another connection. */
  askElsewhere(request: FuzzRequest): Promise<Heard>;
}

const repeatedShare = 0.25;
const cutShare = 0.05;
const mostTries = 50;
const againMs = 50;
const longestHead = 200; // About where the body begins.

/**
 * The first two answer a repetition with another status, and the state of the payment as it is then; the last shows its
 * secret once.
 */
const answersAnew = new Set(["createSandboxPayment", "createSandboxRefund", "createApiKey"]);

/** A stranger is another shopper each time, and keys are each shopper's own. */
function isStranger({ operation, by }: FuzzRequest): boolean {
  return by === "nobody" && operation?.asker === "shopper";
}

/** Changes the answer for whoever asks for another one with the same key. */
function isComparable(request: FuzzRequest, first: WireAnswer, again: WireAnswer): boolean {
  if (first.status >= 300 || again.status === 409 || again.status === 429 || isStranger(request)) return false;
  const isKeyed = request.headers.some(([name]) => name === "Idempotency-Key");
  return isKeyed && !answersAnew.has(request.operation?.id ?? "");
}

/** The same request again gets the same answer, byte by byte. */
async function repeat(request: FuzzRequest, first: WireAnswer, { ask, note }: Visitor): Promise<void> {
  const [again] = (await ask(request)).answers;
  if (!again || !isComparable(request, first, again)) return;
  if (again.status !== first.status || again.body !== first.body)
    note(wrong("replay-differs", `${first.status} became ${again.status}`), request);
  else if (headerOf(again, "idempotent-replayed") !== "true")
    note(wrong("replay-untold", "no header says that it was given before"), request);
}

function isUnderWay({ status, body }: WireAnswer): boolean {
  return status === 409 && body.includes('"http.idempotency_key_in_flight"');
}

/** Breaks the connection; sent whole, it is asked for again, since nobody knows what became of it. */
async function cut(request: FuzzRequest, { dice, ask }: Visitor): Promise<number | "cut" | undefined> {
  const whole = longestHead + (request.body ? bytesOf(request.body).length : 0);
  if (chance(dice, 0.5)) {
    await ask(request, between(dice, 0, Math.floor(whole / 2)));
    return "cut";
  }
  await ask(request, Number.MAX_SAFE_INTEGER);
  for (let tries = 1; ; tries += 1) {
    const [answer] = (await ask(request)).answers;
    if (!answer || !isUnderWay(answer) || tries === mostTries) return answer?.status;
    // The one that nobody waits for may be under way still.
    await sleep(againMs);
  }
}

/** Sends a good request as clients do: once, twice, on two connections at once, or with a connection that breaks. */
export async function visitOperation(request: FuzzRequest, visitor: Visitor): Promise<number | "cut" | undefined> {
  const { dice, ask, askElsewhere } = visitor;
  if (isWrite(request) && chance(dice, cutShare)) return cut(request, visitor);
  const repeated = isWrite(request) && chance(dice, repeatedShare);
  // The two meet at the key; whichever comes second is told so, and asks again.
  const [heard, other] = await Promise.all([
    ask(request),
    repeated && chance(dice, 0.5) ? askElsewhere(request) : undefined,
  ]);
  const answers = [...heard.answers, ...(other?.answers ?? [])];
  const first = answers.find(({ status }) => status < 300) ?? answers[0];
  if (repeated && first) await repeat(request, first, visitor);
  return first?.status;
}
