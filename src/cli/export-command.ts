import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { exportOrders, type OrderConditions, parseOrderFilter } from "../orders/index.ts";
import { systemClock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { Refusal } from "../platform/errors.ts";
import { type Call, type Command, databaseSettings, exitCodes, type Flag, WrongCall } from "./command.ts";
import { replaceFile } from "./replace-file.ts";
import { abortOnStop } from "./stop-signals.ts";
import { complain } from "./terminal.ts";
import { withDatabase } from "./with-database.ts";

/** Each flag, with the filter of the API that it stands for. */
const filterFlags: Readonly<Record<string, { filter: string; help: string }>> = {
  status: { filter: "status", help: "One status or several, joined by commas." },
  from: { filter: "created_from", help: "Orders that were placed then or later, as 2026-11-23T00:00:00Z." },
  to: { filter: "created_to", help: "Orders that were placed before." },
  currency: { filter: "currency", help: "Orders in this currency." },
  "amount-min": { filter: "amount_min", help: "The least total in minor units; needs --currency." },
  "amount-max": { filter: "amount_max", help: "The highest total in minor units; needs --currency." },
  email: { filter: "email", help: "The customer's whole address." },
  import: { filter: "import_id", help: "Orders of this import, by its UUID." },
  batch: { filter: "batch_id", help: "Orders of this batch, by its UUID." },
  source: { filter: "source", help: "Orders of this source." },
  reference: { filter: "external_reference", help: "What a source calls the order." },
  file: { filter: "csv_source", help: "The name of the file that they came in." },
  search: { filter: "q", help: "Words that the order must have." },
};

function flagOf(filter: string): string {
  return Object.keys(filterFlags).find((flag) => filterFlags[flag]?.filter === filter) ?? filter;
}

/** What is wrong with a filter, said of its flag. */
function asWrongCall(error: unknown): unknown {
  const [fault] = error instanceof Refusal ? (error.extras.faults ?? []) : [];
  if (!fault) return error;
  return new WrongCall(`--${flagOf(fault.pointer.slice(1))}: ${fault.detail}`);
}

function conditionsOf({ flags }: Call): OrderConditions {
  const texts: Record<string, string> = {};
  for (const [flag, { filter }] of Object.entries(filterFlags)) {
    const given = flags[flag];
    if (typeof given === "string") texts[filter] = given;
  }
  try {
    return parseOrderFilter(texts);
  } catch (error) {
    throw asWrongCall(error);
  }
}

interface Written {
  orders: number;
}

async function write(db: Db, conditions: OrderConditions, to: Writable, end: boolean): Promise<Written> {
  const written = { orders: 0 };
  async function* texts() {
    for await (const { text, orders } of exportOrders(db, conditions, systemClock.now())) {
      written.orders += orders;
      if (text !== "") yield text;
    }
  }
  await pipeline(Readable.from(texts(), { highWaterMark: 1 }), to, { end, signal: abortOnStop() });
  return written;
}

/** Whether whoever reads what we write has heard enough, as `head` does. */
function isReaderGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}

async function run(call: Call): Promise<number> {
  const conditions = conditionsOf(call);
  const { output } = call.flags;
  try {
    const { orders } =
      typeof output === "string"
        ? await replaceFile(output, (to) => withDatabase(call.config, (db) => write(db, conditions, to, true)))
        : await withDatabase(call.config, (db) => write(db, conditions, process.stdout, false));
    complain(`${orders} ${orders === 1 ? "order" : "orders"}.`);
    return exitCodes.done;
  } catch (error) {
    if (isReaderGone(error)) return exitCodes.done;
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
    complain("Stopped: what was written is not all.");
    return exitCodes.failed;
  }
}

const filters: Readonly<Record<string, Flag>> = Object.fromEntries(
  Object.entries(filterFlags).map(([flag, { help }]) => [flag, { type: "string", help }]),
);

export const exportCommand: Command = {
  flags: {
    ...filters,
    output: { type: "string", help: "The file to write; standard output when left out." },
  },
  positionals: [],
  settings: databaseSettings,
  run,
};
