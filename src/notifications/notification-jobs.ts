import { isAboutOrder, tellCustomer } from "../orders/index.ts";
import type { Clock } from "../platform/clock.ts";
import { coalesce } from "../platform/coalesce.ts";
import type { Db, Tx } from "../platform/db.ts";
import { isUnavailable } from "../platform/errors.ts";
import { reach } from "../platform/failpoints.ts";
import type { Job, JobRun } from "../platform/jobs.ts";
import type { Channel } from "./channel.ts";
import { forgetMails } from "./forget-mails.ts";
import { giveUpTelling } from "./give-up-telling.ts";
import type { Letter } from "./letter.ts";
import {
  beginTelling,
  type Cause,
  type Ending,
  endTelling,
  type Sending,
  type Told,
  tellCustomers,
} from "./tell-customers.ts";

const mostTogether = 200; // Twice the jobs that one process runs at once: a flush takes all that wait.
const flushes = 2; // One commits while the next is written; more would only wait for the same rows and disk.

/**
 * Tells a customer by mail what became of an order. May run twice or late: a cause that was told, or given up, is left
 * alone. What goes wrong never touches the order; it is tried again until the last try, and then announced as failed.
 */
export function tellCustomerJob(
  db: Db,
  channel: Channel & Pick<Sending, "linkTo">,
  clock: Clock,
): Job<{ orderId: string; kind: Cause["kind"] }> {
  const tell = channel.name === "mailbox" ? byMailbox(db, channel, clock) : byChannel(db, channel, clock);
  return {
    declaration: tellCustomer,
    run: async ({ orderId, kind }, context) => tell({ orderId: BigInt(orderId), kind }, context),
    accepts: isCausePayload,
    abandon: (tx, { orderId, kind }, now) => giveUpTelling(tx, { orderId: BigInt(orderId), kind }, channel, now),
  };
}

const kinds: readonly string[] = ["order_confirmation", "order_shipped", "order_cancelled"] satisfies Cause["kind"][];

function isCausePayload(payload: unknown): payload is { orderId: string; kind: Cause["kind"] } {
  return isAboutOrder(payload) && "kind" in payload && kinds.includes(String(payload.kind));
}

/** Takes old mails out of the embedded mailbox until none is left; a job for the night as for any other time. */
export async function forgetOldMails(db: Db, clock: Clock, keptMs: number): Promise<void> {
  const before = new Date(clock.now().getTime() - keptMs);
  while ((await db.transaction((tx) => forgetMails(tx, before))) > 0);
}

type Tell = (cause: Cause, context: JobRun) => Promise<void>;

/** Jobs that run at once share a transaction; a bad one is then found by running each alone. */
function together<In, Out>(
  db: Db,
  name: string,
  work: (tx: Tx, members: In[]) => Promise<Out[]>,
): (member: In) => Promise<Out> {
  return coalesce<In, Out>({
    name,
    most: mostTogether,
    flushes,
    run: (members) => db.transaction((tx) => work(tx, members)),
    mayRunAlone: (error) => !isUnavailable(error),
  });
}

function byMailbox(db: Db, channel: Sending, clock: Clock): Tell {
  const tell = together<Cause, Told>(db, "tell-customers", async (tx, causes) => {
    const told = await tellCustomers(tx, causes, channel, clock.now());
    await reach("inside-telling");
    return told;
  });
  return async (cause) => {
    assertOrder(cause, await tell(cause));
    await reach("after-telling");
  };
}

function byChannel(db: Db, channel: Channel & Sending, clock: Clock): Tell {
  const begin = together<Cause, Letter | Told>(db, "begin-letters", (tx, causes) =>
    beginTelling(tx, causes, channel, clock.now()),
  );
  const end = together<Ending, void>(db, "end-letters", async (tx, endings) => {
    await endTelling(tx, endings, channel, clock.now());
    return endings.map(() => undefined);
  });

  async function tell(cause: Cause, { lastTry, signal }: JobRun): Promise<void> {
    const letter = await begin(cause);
    if (typeof letter === "string") return assertOrder(cause, letter);
    await reach("before-letter");
    // Who was taken for dead meanwhile leaves the letter to the worker that has the job now.
    signal.throwIfAborted();
    const delivery = await channel.send(letter);
    await reach("after-letter");
    const mayChange = delivery.outcome === "unknown" || delivery.outcome === "not_sent";
    if (mayChange && !lastTry)
      throw new Error(`The letter ${letter.messageId} is to be tried again: ${delivery.reason}`);
    await end({ letter, delivery });
  }
  return oneAtATime(tell);
}

function assertOrder(cause: Cause, told: Told): void {
  if (told === "no_order") throw new Error(`There is no order ${cause.orderId} to tell its customer of.`);
}

/** Two runs for one cause in this process would both find it open and send it twice: the second waits for the first. */
function oneAtATime(tell: Tell): Tell {
  const underWay = new Map<string, Promise<void>>();
  return async (cause, context) => {
    const key = `${cause.orderId} ${cause.kind}`;
    const earlier = underWay.get(key) ?? Promise.resolve();
    const run = earlier.catch(() => {}).then(() => tell(cause, context));
    underWay.set(key, run);
    try {
      await run;
    } finally {
      if (underWay.get(key) === run) underWay.delete(key);
    }
  };
}
