import { backOffice } from "./access-back-office.ts";
import { everybodys, shop } from "./access-shop.ts";
import type { Route } from "./route-table.ts";

const roleLetters = { o: "owner", m: "manager", s: "support", f: "fulfilment", r: "read_only" } as const;
export type Role = (typeof roleLetters)[keyof typeof roleLetters];
export const roles: readonly Role[] = Object.values(roleLetters);

const thingKinds = ["line", "cart", "order", "customer", "organization", "invitation"] as const;
export type ThingKind = (typeof thingKinds)[number];

const ownerships = ["owner", "member", "admin", "invited"] as const;
export type Ownership = (typeof ownerships)[number];

/** Who may do something. */
export type Access =
  | { readonly kind: "scope"; readonly scope: string; readonly roles: readonly Role[] }
  | { readonly kind: "anybody" | "secret" | "shopper" | "user" }
  | { readonly kind: Ownership; readonly of: ThingKind };

/** A route, and who may use it. */
export interface Row {
  readonly method: string;
  readonly path: string;
  readonly access: Access;
}

function isOneOf<Word extends string>(words: readonly Word[], text: string): text is Word {
  return (words as readonly string[]).includes(text);
}

function readAccess(words: readonly string[], line: string): Access {
  const [first = "", ...rest] = words;
  const [second = ""] = rest;
  if (isOneOf(["anybody", "secret", "shopper", "user"] as const, first) && rest.length === 0) return { kind: first };
  if (isOneOf(ownerships, first) && isOneOf(thingKinds, second)) return { kind: first, of: second };
  const roles = Object.entries(roleLetters);
  const fits = rest.length === roles.length && rest.every((letter, at) => letter === "." || letter === roles[at]?.[0]);
  if (!/^\w+:\w+$/.test(first) || !fits) throw new Error(`The line cannot be read: ${line}`);
  return { kind: "scope", scope: first, roles: roles.filter((_, at) => rest[at] !== ".").map(([, role]) => role) };
}

/** Reads lines of a method, a path, and who may. */
export function readTable(text: string): Row[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [method = "", path = "", ...words] = line.trim().split(/\s+/);
    return { method, path, access: readAccess(words, line) };
  });
}

/** Every route that there should be. */
export const accessTable: readonly Row[] = readTable(`${everybodys}${shop}${backOffice}`);

function nameOf({ method, path }: { method: string; path: string }): string {
  return `${method} ${path}`;
}

/** What a route must say of itself to be of this kind. */
function isDeclaredSo({ access }: Row, { scope, shopper, open }: Route): boolean {
  switch (access.kind) {
    case "scope":
      return scope === access.scope;
    case "anybody":
      return open === true;
    case "secret":
      return open === true || shopper === "reads";
    case "shopper":
    case "owner":
      return shopper === "reads" || shopper === "writes";
    default:
      return shopper === "user";
  }
}

/** What the table and the routes of a server do not agree on. A `HEAD` is its `GET`. */
export function disagreements(routes: readonly Route[], table: readonly Row[]): string[] {
  const rows = new Map(table.map((row) => [nameOf(row), row]));
  const known = new Set(routes.map(nameOf));
  const doubled = table.length - rows.size;
  const wrong = routes.flatMap((route) => {
    const row = rows.get(nameOf({ ...route, method: route.method === "HEAD" ? "GET" : route.method }));
    if (!row) return [`${nameOf(route)} is missing from the table.`];
    return isDeclaredSo(row, route) ? [] : [`${nameOf(route)} says something else of itself than the table.`];
  });
  const stale = [...rows.keys()].filter((name) => !known.has(name)).map((name) => `${name} is no route.`);
  return [...wrong, ...stale, ...(doubled > 0 ? [`${doubled} rows stand twice.`] : [])];
}
