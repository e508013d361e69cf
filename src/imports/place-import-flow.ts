import { setTimeout as sleep } from "node:timers/promises";
import { type PaidPlaced, payPlacedOrders, sumOrders } from "../orders/index.ts";
import { reach } from "../platform/failpoints.ts";
import { beginPaying, completeImport } from "./end-import.ts";
import { countStep, ImportTaken } from "./hold-runner.ts";
import type { Import } from "./import.ts";
import { listWaiting } from "./import-row-queries.ts";
import { assertGoingOn, type ImportRun } from "./import-run.ts";
import { placePiece } from "./place-piece.ts";
import { authorOf, type Piece, prepareOrders } from "./prepare-orders.ts";
import { tellEnd } from "./tell-end.ts";

const rowsInPiece = 500; // Ten milliseconds of this process at a stretch; twice as many gain nothing.
// Orders whose rows stand apart may have a thousand each and begin in a few rows: what is held at once is bounded.
const mostRowsInPiece = 1_000;
const piecesAtOnce = 4; // One is made while others are written; a fifth gains nothing (2026-11).

/** Places every order that waits, a piece at a time; undefined when the import should rest before that. */
export async function placeImport(run: ImportRun, given: Import): Promise<Import | undefined> {
  const { db, clock, own } = run;
  const next = openPieces(run, given);
  const pass = { paused: false, failure: undefined as unknown };
  const work = async () => {
    while (!pass.paused && pass.failure === undefined) {
      assertGoingOn(run);
      const piece = await next();
      if (piece === undefined) return;
      await reach("before-import-piece");
      const { paused } = await place(run, given, piece);
      await reach("after-import-piece");
      pass.paused ||= paused;
    }
  };
  const working = Array.from({ length: piecesAtOnce }, () =>
    work().catch((error: unknown) => {
      pass.failure ??= error;
    }),
  );
  await Promise.all(working);
  if (pass.failure !== undefined) throw pass.failure;
  if (pass.paused) return undefined;
  if (given.options.payment === "charge") return db.transaction((tx) => beginPaying(tx, own, clock.now()));
  return complete(run);
}

function place({ db, own, policy, clock }: ImportRun, given: Import, piece: Piece): Promise<{ paused: boolean }> {
  return db.transaction(async (tx) => {
    const step = await placePiece(tx, { own, given, piece }, policy, clock.now());
    await reach("inside-import-piece");
    return step;
  });
}

/** Gives the next piece to whoever asks, and reads one ahead. */
function openPieces(run: ImportRun, given: Import): () => Promise<Piece | undefined> {
  const { db, ids, clock } = run;
  const { importId, rowsRead } = given;
  let after = 0;
  const read = async () => {
    while (after < rowsRead) {
      const to = after + rowsInPiece;
      const waiting = await listWaiting(db, { importId, after, to, rows: mostRowsInPiece });
      const rows = waiting.reduce((sum, { liveRows }) => sum + liveRows, 0);
      after = rows < mostRowsInPiece ? to : (waiting.at(-1)?.orderNo ?? to);
      if (waiting.length > 0) return prepareOrders(given, waiting, await ids.take(waiting.length), clock.now());
    }
    return undefined;
  };
  let reading: Promise<Piece | undefined> = read();
  return () => {
    const piece = reading;
    reading = piece.then((found) => found && read());
    // Whoever asks next hears of it; nobody may.
    reading.catch(() => {});
    return piece;
  };
}

const looksEveryMs = 500; // Who pauses an import waits no longer for it to rest.

/**
 * Has the placed orders paid; undefined when the import should rest before that. Throws when the gateway cannot be asked
 * for long: what it never refused is not given up.
 */
export async function payImport(run: ImportRun, given: Import): Promise<Import | undefined> {
  const rest = new AbortController();
  const over = new AbortController();
  const asked = { orders: await countAsked(run, given) };
  const watching = watch(run, { asked, rest, over: over.signal });
  const signal = AbortSignal.any([run.signal, rest.signal]);
  let unasked = 0;
  try {
    ({ unasked } = await payOrdersOf(run, given, { asked, signal }));
  } finally {
    over.abort();
    await watching;
  }
  assertGoingOn(run);
  if (rest.signal.aborted) return undefined;
  if (unasked > 0)
    throw new Error(`The gateway ${run.gateway.name} cannot be asked for the orders of import ${given.uid}.`);
  return complete(run);
}

/** How many of an import's orders the gateway was asked for. */
interface Asked {
  orders: number;
}

async function countAsked({ db }: ImportRun, { uid, ordersPlaced }: Import): Promise<number> {
  const untried = (await sumOrders(db, { importId: uid })).reduce((sum, one) => sum + one.untried, 0);
  return ordersPlaced - untried;
}

function payOrdersOf(
  run: ImportRun,
  given: Import,
  { asked, signal }: { asked: Asked; signal: AbortSignal },
): ReturnType<typeof payPlacedOrders> {
  const { desk, pauseMs } = run;
  const before = asked.orders;
  const onProgress = ({ paid, declined, unknown }: PaidPlaced) => {
    asked.orders = before + paid + declined + unknown;
  };
  const pass = { of: { importId: given.uid }, by: authorOf(given), signal, onProgress };
  return payPlacedOrders(run, desk, pauseMs === undefined ? pass : { ...pass, pauseMs });
}

interface Watching {
  readonly asked: Asked;
  readonly rest: AbortController;
  readonly over: AbortSignal;
}

/** Tells how many were asked for, and aborts when the import is paused, over, or another's. */
async function watch({ db, own, clock }: ImportRun, { asked, rest, over }: Watching): Promise<void> {
  while (!over.aborted && !rest.signal.aborted) {
    await sleep(looksEveryMs, undefined, { signal: over }).catch(() => {});
    if (over.aborted) return;
    const step = { stage: "paying", mark: asked.orders } as const;
    try {
      const { paused } = await db.transaction((tx) => countStep(tx, own, step, clock.now()));
      if (paused) rest.abort();
    } catch (error) {
      // What cannot be told now is told later.
      if (error instanceof ImportTaken) rest.abort();
    }
  }
}

async function complete({ db, own, clock, log }: ImportRun): Promise<Import> {
  await reach("before-import-complete");
  const completed = await db.transaction(async (tx) => {
    const ended = await completeImport(tx, own, clock.now());
    await reach("inside-import-complete");
    return ended;
  });
  await reach("after-import-complete");
  tellEnd(log, completed);
  return completed;
}
