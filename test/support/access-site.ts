import { authSecret, givenPrincipals, type Principal, type Whose } from "./access-principals.ts";
import type { RequestGround } from "./access-requests.ts";
import { type Expected, expectedOf } from "./access-rules.ts";
import { accessTable, type Row, roles, type ThingKind } from "./access-table.ts";
import { givenTargets } from "./access-targets.ts";
import { givenThing, openThings, owners, type Thing, type ThingGround } from "./access-things.ts";
import { type ApiDocument, operationsOf } from "./described-api.ts";
import { countOrdersFromAfar } from "./far-order-ids.ts";
import { type Route, startTelling } from "./route-table.ts";
import { givenSite, type ServingProcess, type Site } from "./serve.ts";

/** The scopes that a key may have, beside the one that covers all. */
export const scopes: readonly string[] = [
  ...new Set(accessTable.flatMap(({ access }) => (access.kind === "scope" ? [access.scope] : []))),
];

/** A server with everybody who may ask, and something of everything that they may ask for. */
export interface AccessSite {
  readonly site: Site;
  readonly server: ServingProcess;
  readonly routes: readonly Route[];
  readonly document: ApiDocument;
  readonly principals: readonly Principal[];
  readonly things: ThingGround;
  readonly requests: RequestGround;
  /** Somebody's thing of each kind, which strangers are after. */
  readonly victims: ReadonlyMap<string, Thing>;
}

async function givenVictims(things: ThingGround): Promise<Map<string, Thing>> {
  const victims = new Map<string, Thing>();
  for (const [kind, whoses] of Object.entries(owners) as [ThingKind, readonly Whose[]][]) {
    for (const whose of whoses) victims.set(`${kind} of ${whose}`, await givenThing(things, kind, whose));
  }
  return victims;
}

/**
 * Nothing changes here by itself: what needs jobs is made first, then they stop. Whoever asks comes after that, or sessions
 * that are over would be forgotten.
 */
export async function givenAccessSite(more: Readonly<Record<string, string>> = {}): Promise<AccessSite> {
  const site = await givenSite();
  await countOrdersFromAfar(site.db);
  const settings = { AUTH_SECRET: authSecret, SERVE_JOBS: "elsewhere", RATE_LIMIT_GUESSES: "0", ...more };
  const { server, routes } = await startTelling(site, settings);
  const targets = await givenTargets(site, server);
  const principals = await givenPrincipals(site, server, { scopes, roles });
  const things = await openThings(site, server, principals);
  const document = JSON.parse((await server.send("GET", "/openapi.json")).text) as ApiDocument;
  const requests = { operations: operationsOf(document), targets, things };
  return { site, server, routes, document, principals, things, requests, victims: await givenVictims(things) };
}

/** What somebody asks for, and what they must hear. */
export interface Case {
  readonly row: Row;
  readonly principal: Principal;
  readonly expected: Expected;
  /** Whose thing it is about, if it is about somebody's. */
  readonly whose?: Whose;
}

function casesOf(row: Row, { principals }: AccessSite): Case[] {
  const whoses = "of" in row.access ? owners[row.access.of] : [undefined];
  return whoses.flatMap((whose) =>
    principals.map((principal) => {
      const expected = expectedOf(row, principal, whose);
      return { row, principal, expected, ...(whose === undefined ? {} : { whose }) };
    }),
  );
}

/** Every route, a `HEAD` wherever there is a `GET`, asked for by everybody. */
export function listCases(site: AccessSite): Case[] {
  const rows = accessTable.flatMap((row) => (row.method === "GET" ? [row, { ...row, method: "HEAD" }] : [row]));
  return rows.flatMap((row) => casesOf(row, site));
}

/** The thing that a case is about. */
export function victimOf({ victims }: AccessSite, { row: { access }, whose }: Case): Thing | undefined {
  return "of" in access ? victims.get(`${access.of} of ${whose}`) : undefined;
}

export function describeCase({ row, principal, whose }: Case): string {
  return `${principal.name}: ${row.method} ${row.path}${whose ? ` of the ${whose}` : ""}`;
}
