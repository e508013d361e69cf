import type { Operation } from "./read-operations.ts";

/** What answers named, so that later requests can name it too. */
export interface Pools {
  /** Takes in what a good answer to an operation tells. */
  harvest(operation: Pick<Operation, "id" | "path">, answer: unknown): void;
  /** Ids for the parameter of a path. */
  idsFor(path: string, parameter: string): readonly string[];
  /** Values of members and parameters of this name. */
  named(name: string): readonly unknown[];
  /** What answers showed of things of this kind, the newest last. */
  seen(kind: Kind): readonly Record<string, unknown>[];
  /** The last good answers to an operation. */
  answersOf(operationId: string): readonly Record<string, unknown>[];
  add(name: string, values: readonly unknown[]): void;
}

/** Things that many operations answer, and the members by which they are known. */
const kinds = {
  cart: ["cart_id", "baskets"],
  order: ["payable", "details"],
  customer: ["is_default", "address"],
  product: ["key", "tax_code", "sku"],
  price: ["product_id", "unit_amount"],
  image: ["product_id", "sort_order"],
  tax_rate: ["percentage", "tax_code"],
  key: ["prefix", "scopes"],
  staff: ["role", "disabled_at"],
} as const;
export type Kind = keyof typeof kinds;

const mostKept = 60; // Few enough that requests meet each other at the same orders.
const naming = /(^|_)(id|number|reference|cursor|key|etag)$/;

/** The word before a parameter, or the last one: what the path is a collection of. */
function collectionOf(path: string, parameter?: string): string {
  const steps = path.split("/").filter((step) => step !== "");
  const end = parameter === undefined ? steps.length : steps.indexOf(`{${parameter}}`);
  const word = steps.slice(0, end).findLast((step) => !step.startsWith("{")) ?? "";
  return word.endsWith("s") ? word : `${word}s`;
}

function itemsOf(answer: unknown): readonly Record<string, unknown>[] {
  const many = Array.isArray(answer) ? answer : (answer as { data?: unknown } | null)?.data;
  const items = Array.isArray(many) ? [answer, ...many] : [answer];
  return items.filter((item) => typeof item === "object" && item !== null && !Array.isArray(item)) as Record<
    string,
    unknown
  >[];
}

function kindsOf(item: object): string[] {
  const fits = Object.entries(kinds).filter(([, members]) => members.every((member) => member in item));
  return fits.map(([kind]) => kind);
}

function isNaming([name, value]: [string, unknown]): boolean {
  return naming.test(name) && (typeof value === "string" || typeof value === "number");
}

export function openPools(): Pools {
  const kept = new Map<string, unknown[]>();

  function add(name: string, values: readonly unknown[]): void {
    const known = kept.get(name) ?? [];
    const fresh = values.filter((value) => !known.includes(value));
    kept.set(name, [...known, ...fresh].slice(-mostKept));
  }

  function keep(collection: string, name: string, value: unknown): void {
    if (name !== "id") add(name === "next_cursor" ? "cursor" : name, [value]);
    if (["id", "number", `${collection.slice(0, -1)}_id`].includes(name)) add(`ids of ${collection}`, [value]);
  }

  return {
    add,
    harvest({ id, path }, answer) {
      if (typeof answer === "object" && answer !== null) add(`answers of ${id}`, [answer]);
      const collection = collectionOf(path);
      for (const item of itemsOf(answer)) {
        for (const kind of kindsOf(item)) add(`seen ${kind}`, [item]);
        for (const [name, value] of Object.entries(item).filter(isNaming)) keep(collection, name, value);
      }
    },
    idsFor: (path, parameter) => (kept.get(`ids of ${collectionOf(path, parameter)}`) ?? []).map(String),
    answersOf: (operationId) => (kept.get(`answers of ${operationId}`) ?? []) as Record<string, unknown>[],
    named: (name) => kept.get(name) ?? [],
    seen: (kind) => (kept.get(`seen ${kind}`) ?? []) as Record<string, unknown>[],
  };
}
