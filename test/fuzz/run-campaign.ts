import { randomFrom } from "../support/random.ts";
import { type Dice, oneOf } from "./choose.ts";
import { type FuzzRequest, isHead, isWrite, type Sender, wire } from "./fuzz-request.ts";
import { type Judge, parsed, type Wrong, wrong } from "./judge-answer.ts";
import { makeRequest } from "./make-request.ts";
import type { Crowd } from "./open-crowd.ts";
import type { Pools } from "./pools.ts";
import type { Operation } from "./read-operations.ts";
import { changedTables, type Digests } from "./read-tables.ts";
import { spoilRequest } from "./spoil-request.ts";
import { visitOperation } from "./visit-operation.ts";
import { type Heard, openWireClient, type WireAnswer, type WireClient } from "./wire-connection.ts";

/** What a campaign is fought against. */
export interface Field {
  readonly seed: number;
  readonly sender: Sender;
  readonly operations: readonly Operation[];
  readonly judge: Judge;
  readonly pools: Pools;
  /** Who shops, where somebody does. */
  readonly crowd?: Crowd;
  /** How long an answer may take, where it is not the usual time. */
  readonly patienceMs?: number;
  /** Returns when nothing is under way. */
  quiet(): Promise<void>;
  tables(): Promise<Digests>;
}

/** A rule that was broken, by the shortest request that broke it so. */
export interface Finding extends Wrong {
  readonly request: FuzzRequest;
  readonly times: number;
}

/** A good request that was sent, as the check of the books wants to know it. */
export interface Sent {
  readonly request: FuzzRequest;
  /** Undefined when nothing was heard; `cut` when the last byte was never sent. */
  readonly status: number | "cut" | undefined;
}

export interface Campaign {
  readonly findings: readonly Finding[];
  /** How often each operation answered with each status. */
  readonly answered: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly sent: readonly Sent[];
  readonly requests: number;
  /** Sends good requests, each operation so many times, with repetitions and broken connections between them. */
  visit(visited: readonly Operation[], times: number): Promise<void>;
  /** Sends so many spoiled requests, then those that were refused once more: they must leave the tables as they are. */
  spoil(count: number): Promise<void>;
  /** Sends one request and answers what is wrong with what comes back. */
  try(request: FuzzRequest): Promise<Wrong[]>;
  close(): void;
}

const lanes = 6; // Connections at once: enough to meet at the same orders, few enough for a small machine.
const spoiledAtOnce = 1000; // Sent before those that were refused are sent again.
const perRound = 50; // Between two looks at the tables.

/** Dice for one turn, so that a turn is the same however the others fall. */
function diceFor(seed: number, phase: number, turn: number): Dice {
  return randomFrom(seed + phase * 1_000_003 + turn * 7919);
}

/** A rule is broken in the same way when only names and numbers differ. */
function keyOf({ rule, says }: Wrong, { operation }: FuzzRequest): string {
  return `${rule} ${operation?.id} ${says.replaceAll(/[\w-]*\d[\w-]*/g, "#")}`;
}

function mayHaveChanged(request: FuzzRequest, { answers }: Heard): boolean {
  return isWrite(request) && answers.some(({ status }) => status < 400 || status >= 500);
}

/** Opens a campaign; nothing is sent yet. */
export function openCampaign(field: Field): Campaign {
  const { seed, sender, judge, pools, operations, crowd } = field;
  // The second half repeats what the first half asks, at the same time.
  const clients = Array.from({ length: 2 * lanes }, () => openWireClient(sender.origin, field.patienceMs));
  const clientOf = (lane: number) => clients[lane] as WireClient;
  const findings = new Map<string, Finding>();
  const answered = new Map<string, Map<number, number>>();
  const sent: Sent[] = [];
  let requests = 0;
  let visits = 0;

  function note(one: Wrong, request: FuzzRequest): void {
    const key = keyOf(one, request);
    const known = findings.get(key);
    const shorter = known && wire(known.request, sender).length <= wire(request, sender).length;
    findings.set(key, { ...one, request: shorter ? known.request : request, times: (known?.times ?? 0) + 1 });
  }

  function count({ operation, raw, by }: FuzzRequest, answer: WireAnswer): void {
    if (!operation || raw !== undefined) return;
    const counts = answered.get(operation.id) ?? new Map<number, number>();
    counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
    answered.set(operation.id, counts);
    if (answer.status >= 300) return;
    const told = parsed(answer.body);
    pools.harvest(operation, told);
    if (by === undefined || by === "nobody") return;
    by.pools.harvest(operation, told);
    by.keep(answer.headers.get("set-cookie") ?? []);
  }

  async function ask(client: WireClient, request: FuzzRequest, cutAfter?: number): Promise<Heard> {
    requests += 1;
    const asking = { head: isHead(request), alone: request.raw !== undefined, breaksOff: request.breaksOff === true };
    const heard = await client.ask(wire(request, sender), cutAfter === undefined ? asking : { cutAfter });
    if (cutAfter !== undefined) return heard;
    for (const one of judge.judge(request, heard)) note(one, request);
    for (const answer of heard.answers) count(request, answer);
    return heard;
  }

  async function visit(visited: readonly Operation[], times: number): Promise<void> {
    const before = visits;
    visits += visited.length * times;
    await inLanes(visited.length * times, async (turn, lane) => {
      const dice = diceFor(seed, 1, before + turn);
      const request = makeRequest(visited[turn % visited.length] as Operation, { dice, pools, crowd });
      const visitor = {
        dice,
        note,
        ask: (again: FuzzRequest, cutAfter?: number) => ask(clientOf(lane), again, cutAfter),
        askElsewhere: (again: FuzzRequest) => ask(clientOf(lanes + lane), again),
      };
      sent.push({ request, status: await visitOperation(request, visitor) });
    });
  }

  /** Sends requests side by side and answers those that were refused. */
  async function sendAll(spoiled: readonly FuzzRequest[]): Promise<FuzzRequest[]> {
    const refused = await inLanes(spoiled.length, async (turn, lane) => {
      const request = spoiled[turn] as FuzzRequest;
      return mayHaveChanged(request, await ask(clientOf(lane), request)) ? [] : [request];
    });
    return refused.flat();
  }

  async function spoil(times: number): Promise<void> {
    for (let done = 0; done < times; done += spoiledAtOnce) {
      const spoiled = Array.from({ length: Math.min(spoiledAtOnce, times - done) }, (_, place) => {
        const dice = diceFor(seed, 2, done + place);
        const good = makeRequest(oneOf(dice, operations), { dice, pools, crowd });
        return spoilRequest(good, { dice, judge, sender, crowd });
      });
      const refused = await sendAll(spoiled);
      await field.quiet();
      for (let from = 0; from < refused.length; from += perRound)
        await refuseAgain(refused.slice(from, from + perRound));
    }
  }

  /** Sends what was refused once more, and looks whether it left something behind. */
  async function refuseAgain(round: readonly FuzzRequest[]): Promise<void> {
    const before = await field.tables();
    const refused = await sendAll(round);
    if (refused.length < round.length) return field.quiet();
    const changed = changedTables(before, await field.tables());
    if (changed.length > 0) await blame(round, changed);
  }

  /** Finds out which refused request of a round changed something, by sending each of them alone. */
  async function blame(round: readonly FuzzRequest[], changed: readonly string[]): Promise<void> {
    let found = false;
    for (const request of round) {
      await field.quiet();
      const before = await field.tables();
      if ((await sendAll([request])).length === 0) continue;
      const moved = changedTables(before, await field.tables());
      if (moved.length > 0) note(wrong("half-done", `it was refused and changed ${moved.join(", ")}`), request);
      found ||= moved.length > 0;
    }
    const [any] = round;
    if (!found && any) note(wrong("half-done", `a round that was refused changed ${changed.join(", ")}`), any);
  }

  return {
    get findings() {
      return [...findings.values()];
    },
    get requests() {
      return requests;
    },
    answered,
    sent,
    visit,
    spoil,
    async try(request) {
      return judge.judge(request, await ask(clientOf(0), request));
    },
    close() {
      for (const client of clients) client.close();
    },
  };
}

/** Does the work for each number in a few lanes side by side. */
async function inLanes<Done>(turns: number, work: (turn: number, lane: number) => Promise<Done>): Promise<Done[]> {
  const done: Done[] = [];
  let next = 0;
  const run = async (_: unknown, lane: number) => {
    while (next < turns) {
      const turn = next;
      next += 1;
      done[turn] = await work(turn, lane);
    }
  };
  await Promise.all(Array.from({ length: lanes }, run));
  return done;
}
