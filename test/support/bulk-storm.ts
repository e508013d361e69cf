import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "../../src/http/idempotency.ts";
import { cancelImport } from "../../src/imports/cancel-import.ts";
import type { Import } from "../../src/imports/import.ts";
import type { ImportOptions } from "../../src/imports/import-options.ts";
import type { ImportGround } from "../../src/imports/import-run.ts";
import { pauseImport } from "../../src/imports/pause-import.ts";
import { resumeImport } from "../../src/imports/resume-import.ts";
import { reviseImport } from "../../src/imports/revise-import.ts";
import { runImport } from "../../src/imports/run-import.ts";
import { workOnImport } from "../../src/imports/run-import-flow.ts";
import { startImport } from "../../src/imports/start-import.ts";
import { createOrder } from "../../src/orders/create-order-flow.ts";
import { payBatch } from "../../src/orders/pay-batch.ts";
import { payBatchOrders } from "../../src/orders/pay-batch-flow.ts";
import { openPaymentDesk } from "../../src/orders/payment-desk-flow.ts";
import { placeBatch } from "../../src/orders/place-batch-flow.ts";
import { draftedOrder, type PaymentKind, readBatchMember } from "../../src/orders/read-batch-member.ts";
import { type Db, openDb } from "../../src/platform/db.ts";
import { isUnavailable } from "../../src/platform/errors.ts";
import { fileBlobStore } from "../../src/platform/file-blob-client.ts";
import { prepareJobs } from "../../src/platform/jobs.ts";
import { silentLog } from "../../src/platform/log.ts";
import { ask } from "./ask.ts";
import { receiveText } from "./given-csv.ts";
import { ann, importOptions } from "./given-imports.ts";
import { by } from "./given-orders.ts";
import { openMoneyStorm } from "./money-storm.ts";
import { draftOf, expectedMinor, rowsHeader, rowsOf, shuffled } from "./storm-orders.ts";

const source = "shop"; // Whose files `receiveText` takes in.
const within = 150; // So few references are in use at once that many come several times, in batches, in files and alone.
const passedOn = 12; // And so many are left behind by each deed.
const mostInBatch = 40;
const mostInFile = 60;
const largeFile = 900; // Orders: more than one piece of placing, and more than one chunk of reading.
const largeFrom = 1_000_000; // Their references are their own.
const connections = 8;
const victim = "orderwell storm";
const roundsToDrain = 5; // Read, placed, paid, and what was cut just before.
const payWithinMs = 3_600_000;

const never = new AbortController().signal;
const unended = "select uid, status, paused_at from imports.imports where ended_at is null";
type Waiting = Pick<Import, "uid" | "status" | "pausedAt">;

/** What a batch said of itself. */
export interface ToldBatch {
  readonly batchId: string;
  readonly placed: number;
}

/**
 * Batches, imports and single orders of the same references at once, their payments, everything that is done to imports,
 * and connections that break, in the middle of a storm of money. Everything runs on connections of its own, which are cut.
 */
export async function openBulkStorm(db: Db, url: string, random: () => number) {
  const money = await openMoneyStorm(db, random);
  await prepareJobs(db, [runImport, payBatch]);
  const folder = await mkdtemp(join(tmpdir(), "orderwell-storm-"));
  const bulkDb = openDb({ url, applicationName: victim, connections });
  const counter = { ...money.counter, db: bulkDb };
  const desk = openPaymentDesk(counter);
  const ground: ImportGround = { ...counter, desk, blobs: fileBlobStore(folder), log: silentLog, pauseMs: 1 };
  const imports: string[] = [];
  const batches: ToldBatch[] = [];
  /** How often whoever placed an order was told so, by reference. */
  const toldPlaced = new Map<string, number>();
  let largeFiles = 0;
  let passed = 0;

  const below = (bound: number) => Math.floor(random() * bound);
  const chance = (of: number) => random() < of;
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[below(items.length)];
  const payment = () => pick(["none", "recorded", "charge"] as const) as PaymentKind;
  const oneOf = () => passed + below(within);
  const someOf = (most: number) => Array.from({ length: 1 + below(most) }, oneOf);
  const signal = () => (chance(0.5) ? AbortSignal.timeout(1 + below(300)) : never);
  const now = () => counter.clock.now();

  function noteTrouble(error: unknown): void {
    // A runner that finds its work done by another says so, and is run again.
    const isExpected = isUnavailable(error) || (error instanceof Error && /cannot be asked/.test(error.message));
    if (!isExpected) money.noteTrouble(error);
  }

  async function addNewest(): Promise<void> {
    const rows = await ask<{ orderId: bigint }>(
      db,
      "select order_id from orders.orders where source is not null order by order_id desc limit 3",
    );
    money.orderIds.push(...rows.map(({ orderId }) => orderId));
  }

  async function place(): Promise<void> {
    const kind = payment();
    const drafts = someOf(mostInBatch).map((number) => draftOf(number, { kind, wrong: chance(0.05), random }));
    const members = drafts.map((value) => readBatchMember({ value }, kind));
    const key = chance(0.5) ? keyOfBatch() : undefined;
    const batch = { members, source, payment: kind, notify: chance(0.5), payWithinMs, by, key };
    const times = key && chance(0.3) ? 2 : 1;
    await Promise.all(Array.from({ length: times }, () => placeBatch(counter, batch).then(noteBatch, noteTrouble)));
    await addNewest();
  }

  const keyOfBatch = () => ({ principal: "storm", key: `batch-${below(1_000_000)}`, fingerprint: "same" });

  function noteBatch({ body, replayed }: Answer): void {
    if (replayed) return;
    const {
      batch_id: batchId,
      placed,
      data,
    } = JSON.parse(body) as {
      batch_id: string | null;
      placed: number;
      data: { outcome: string; external_reference: string | null }[];
    };
    if (batchId !== null) batches.push({ batchId, placed });
    for (const { outcome, external_reference: reference } of data)
      if (outcome === "placed" && reference !== null) toldPlaced.set(reference, (toldPlaced.get(reference) ?? 0) + 1);
  }

  async function placeOne(): Promise<void> {
    const kind = payment();
    const drafted = draftedOrder(draftOf(oneOf(), { kind, wrong: false, random }), kind);
    await createOrder(counter, desk, {
      drafted,
      source,
      payment: kind,
      notify: true,
      payWithinMs,
      by,
      key: undefined,
    });
  }

  async function payBatchOf(): Promise<void> {
    const batch = pick(batches);
    if (batch) await payBatchOrders(counter, desk, { batchId: batch.batchId, by: by.actor }, signal());
  }

  async function bring(): Promise<void> {
    const large = chance(0.1);
    if (large) largeFiles += 1;
    const kind = payment();
    const first = largeFrom + largeFiles * largeFile;
    const numbers = large
      ? Array.from({ length: largeFile }, (_, index) => first + index)
      : [...new Set(someOf(mostInFile))];
    const rows = numbers.flatMap((number) => rowsOf(number, { wrong: chance(0.05), random }));
    const text = [rowsHeader, ...shuffled(rows, random)].join("\n");
    const options: Partial<ImportOptions> = { payment: kind, auto_start: chance(0.5), pay_within_hours: 1 };
    const received = await receiveText(ground, text, { ...options, again: chance(0.2) });
    imports.push(received.uid);
    await work(received.uid);
    if (chance(0.3)) await receiveText(ground, text, options).then((again) => imports.push(again.uid));
    await addNewest();
  }

  async function work(importUid: string): Promise<void> {
    const runs = chance(0.3) ? 2 : 1;
    const ends = await Promise.allSettled(
      Array.from({ length: runs }, () => workOnImport(ground, { importUid, signal: signal() })),
    );
    for (const end of ends) if (end.status === "rejected") noteTrouble(end.reason);
  }

  type Verb = typeof startImport;
  const having = (verb: Verb) => async () => {
    const uid = pick(imports.slice(-4));
    if (uid) await bulkDb.transaction((tx) => verb(tx, { uid, by: ann }, now()));
  };
  const revise: Verb = (tx, asked, at) => {
    const options = importOptions({ payment: payment(), time_zone: chance(0.5) ? "UTC" : "Asia/Tokyo" });
    return reviseImport(tx, { ...asked, options, optionsHash: JSON.stringify(options) }, at);
  };

  async function cut(): Promise<void> {
    await ask(
      db,
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and random() < 0.5",
      [victim],
    );
  }

  const deeds: readonly (readonly [number, () => Promise<void>])[] = [
    [16, place],
    [8, placeOne],
    [8, payBatchOf],
    [10, bring],
    [14, async () => work(pick(imports.slice(-4)) ?? "")],
    [5, having(startImport)],
    [5, having(pauseImport)],
    [5, having(resumeImport)],
    [1, having(cancelImport)],
    [2, having(revise)],
    [4, cut],
    [24, () => money.act()],
  ];
  const weight = deeds.reduce((sum, [share]) => sum + share, 0);

  async function act(): Promise<void> {
    passed += passedOn;
    let left = random() * weight;
    const chosen = deeds.find(([share]) => {
      left -= share;
      return left < 0;
    });
    try {
      await (chosen?.[1] ?? place)();
    } catch (error) {
      noteTrouble(error);
    }
    await sleep(0);
  }

  async function goOn({ uid, status, pausedAt }: Waiting): Promise<void> {
    if (status === "ready") await bulkDb.transaction((tx) => startImport(tx, { uid, by: ann }, now()));
    if (pausedAt !== null) await bulkDb.transaction((tx) => resumeImport(tx, { uid, by: ann }, now()));
    await workOnImport(ground, { importUid: uid, signal: never });
  }

  /** Every import comes to its end, every batch is paid, and then the storm of money lies down. */
  async function drain(): Promise<void> {
    money.gateway.calmDown();
    for (let round = 0; round < roundsToDrain; round += 1)
      for (const waiting of await ask<Waiting>(db, unended)) await goOn(waiting);
    for (const { batchId } of batches) await payBatchOrders(counter, desk, { batchId, by: by.actor }, never);
    await money.drain();
  }

  return {
    ...money,
    batches,
    toldPlaced,
    expectedMinor,
    act,
    drain,
    async close() {
      await bulkDb.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
