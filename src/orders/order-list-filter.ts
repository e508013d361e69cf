import { type Static, Type } from "typebox";
import { inputCompiler } from "../http/check-input.ts";
import { invalidInput } from "../http/http-errors.ts";
import type { Fault, Refusal } from "../platform/errors.ts";
import type { OrderListing } from "./list-orders.ts";
import { isOrderStatus, orderStatuses } from "./order.ts";
import { type OrderConditions, orderSorts, sortDirections } from "./order-list-queries.ts";
import { queryOfText, type TextQuery } from "./words.ts";

const mostMinor = 999_999_999_999_999; // As an order can be worth.
const longestText = 200;
const longestAddress = 254;
const longestStatuses = 100; // All of them, joined by commas.

const text = (description: string, example: string, maxLength = longestText) =>
  Type.Optional(Type.String({ minLength: 1, maxLength, description, examples: [example] }));
const time = (description: string, example: string) =>
  Type.Optional(Type.String({ format: "date-time", description, examples: [example] }));
const amount = (description: string, example: number) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: mostMinor, description, examples: [example] }));
const uuid = (description: string) => Type.Optional(Type.String({ format: "uuid", description }));

const filters = {
  status: text("One status or several, joined by commas.", "paid,shipped", longestStatuses),
  created_from: time("Orders that were placed then or later.", "2025-01-01T00:00:00Z"),
  created_to: time("Orders that were placed before.", "2099-01-01T00:00:00Z"),
  currency: Type.Optional(Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217.", examples: ["JPY"] })),
  amount_min: amount("The least total in minor units; needs `currency`.", 1),
  amount_max: amount("The highest total in minor units; needs `currency`.", 99_999_999),
  email: text("The customer's whole address.", "tanaka@example.co.jp", longestAddress),
  import_id: uuid("Orders of this import."),
  batch_id: uuid("Orders of this batch."),
  source: text("Whose references they are.", "northwind"),
  external_reference: text("What a source calls the order; with `source` there is one at most.", "10248"),
  csv_source: text("The name of the file that they came in.", "orders.csv"),
  q: text(
    "Words that the order must have, each whole or as a beginning: in the customer's name, address or reference, in the order's number or reference, in SKUs and names of products.",
    "tanaka",
  ),
};

const mostLimit = 100;
const longestCursor = 200;

/** What a list of orders can be asked for. */
export const OrderListQuery = Type.Object(
  {
    ...filters,
    sort: Type.Enum([...orderSorts], {
      default: "date",
      description: "By when they were placed, or by their total; that needs `currency`.",
      examples: ["date"],
    }),
    direction: Type.Enum([...sortDirections], {
      default: "desc",
      description: "The newest or the largest first, or the other way round.",
      examples: ["desc"],
    }),
    limit: Type.Integer({
      minimum: 1,
      maximum: mostLimit,
      default: 20,
      description: "How many orders at most.",
      examples: [20],
    }),
    cursor: Type.Optional(Type.String({ maxLength: longestCursor, description: "The `next_cursor` of a page." })),
  },
  { additionalProperties: false },
);

/** What an export of orders can be asked for. */
export const OrderFilterQuery = Type.Object(filters, { additionalProperties: false });
export type OrderFilterQuery = Static<typeof OrderFilterQuery>;

type Read<Value> = { readonly value: Value } | { readonly fault: string };

function readStatuses(given: string | undefined): Read<string[] | null> {
  if (given === undefined) return { value: null };
  const statuses = [...new Set(given.split(",").map((status) => status.trim().toLowerCase()))];
  const unknown = statuses.find((status) => !isOrderStatus(status));
  if (unknown === undefined) return { value: statuses.sort() };
  return { fault: `There is no status ${JSON.stringify(unknown)}; there are ${orderStatuses.join(", ")}.` };
}

/** A time as the database can have it: none of our orders is older than 1970, and its years begin with 1. */
function readTime(given: string | undefined): Read<Date | null> {
  if (given === undefined) return { value: null };
  const ms = Date.parse(given);
  return Number.isNaN(ms) ? { fault: "There is no such time." } : { value: new Date(Math.max(ms, 0)) };
}

function readWords(given: string | undefined): Read<TextQuery | null> {
  if (given === undefined) return { value: null };
  const words = queryOfText(given);
  return words === undefined ? { fault: "Must have a letter or a digit to search for." } : { value: words };
}

function readAmount(given: number | undefined, { currency }: OrderFilterQuery): Read<bigint | null> {
  if (given === undefined) return { value: null };
  return currency === undefined ? { fault: "Needs a currency." } : { value: BigInt(given) };
}

const orNull = <Value>(given: Value | undefined): Read<Value | null> => ({ value: given ?? null });

/** Faults of two that are right alone. */
function faultsTogether({ amountMin, amountMax, createdFrom, createdTo }: OrderConditions): Fault[] {
  const faults: Fault[] = [];
  if (amountMin !== null && amountMax !== null && amountMin > amountMax)
    faults.push({ pointer: "/amount_max", detail: "Must not be less than amount_min." });
  if (createdFrom !== null && createdTo !== null && createdFrom >= createdTo)
    faults.push({ pointer: "/created_to", detail: "Must be later than created_from." });
  return faults;
}

function assertRight(faults: readonly Fault[]): void {
  if (faults.length > 0) throw invalidInput({ what: "query" }, { faults });
}

/**
 * Reads what orders are asked for.
 * @throws http.invalid_input
 */
export function readOrderFilter(query: OrderFilterQuery): OrderConditions {
  const faults: Fault[] = [];
  const take = <Value>(name: keyof OrderFilterQuery, read: Read<Value | null>): Value | null => {
    if ("value" in read) return read.value;
    faults.push({ pointer: `/${name}`, detail: read.fault });
    return null;
  };
  const words = take("q", readWords(query.q));
  const conditions = {
    statuses: take("status", readStatuses(query.status)),
    currency: take("currency", orNull(query.currency)),
    amountMin: take("amount_min", readAmount(query.amount_min, query)),
    amountMax: take("amount_max", readAmount(query.amount_max, query)),
    createdFrom: take("created_from", readTime(query.created_from)),
    createdTo: take("created_to", readTime(query.created_to)),
    email: take("email", orNull(query.email?.toLowerCase())),
    importId: take("import_id", orNull(query.import_id)),
    batchId: take("batch_id", orNull(query.batch_id)),
    source: take("source", orNull(query.source)),
    externalReference: take("external_reference", orNull(query.external_reference)),
    csvSource: take("csv_source", orNull(query.csv_source)),
    words: words?.all ?? null,
    tellingWords: words?.telling ?? null,
  };
  assertRight([...faults, ...faultsTogether(conditions)]);
  return conditions;
}

/**
 * Reads what a list is asked for.
 * @throws http.invalid_input
 */
export function readOrderListing(query: Omit<Static<typeof OrderListQuery>, "limit" | "cursor">): OrderListing {
  const { sort, direction, ...filter } = query;
  if (sort === "amount" && filter.currency === undefined)
    assertRight([{ pointer: "/sort", detail: "Amounts are compared in one currency: needs a currency." }]);
  return { conditions: readOrderFilter(filter), sort, direction };
}

const checkTexts = inputCompiler()({
  schema: OrderFilterQuery as object,
  method: "GET",
  url: "",
  httpPart: "querystring",
}) as (texts: Record<string, unknown>) => true | { readonly error: Refusal };

/**
 * Reads what orders are asked for where everything is text, as on a command line.
 * @throws http.invalid_input
 */
export function parseOrderFilter(texts: Readonly<Record<string, string>>): OrderConditions {
  const query: Record<string, unknown> = { ...texts };
  const checked = checkTexts(query);
  if (checked !== true) throw checked.error;
  return readOrderFilter(query);
}
