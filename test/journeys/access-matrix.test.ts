import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { changedTables, readTables } from "../fuzz/read-tables.ts";
import { authSecret, givenAccount, givenPrincipals, type Principal, type Whose } from "../support/access-principals.ts";
import { askFor, type RequestGround } from "../support/access-requests.ts";
import { type Expected, expectedOf } from "../support/access-rules.ts";
import { accessTable, disagreements, type Row, type ThingKind } from "../support/access-table.ts";
import { givenTargets } from "../support/access-targets.ts";
import { givenThing, nothing, owners, type Thing, type ThingGround } from "../support/access-things.ts";
import { ask } from "../support/ask.ts";
import { type ApiDocument, operationsOf } from "../support/described-api.ts";
import { codeOf, hear, inLanes } from "../support/hear-answers.ts";
import { type Route, startTelling } from "../support/route-table.ts";
import { type Answered, givenSite, type ServingProcess, type Site } from "../support/serve.ts";
import { givenProduct } from "../support/store-client.ts";

/** The ids of orders are counted from here, so that no other number that is shown is one of them. */
const firstOrderId = 610_000_000_019n;

const roles = ["owner", "manager", "support", "fulfilment", "read_only"] as const;
const scopes = [...new Set(accessTable.flatMap(({ access }) => (access.kind === "scope" ? [access.scope] : [])))];

let site: Site;
let server: ServingProcess;
let routes: readonly Route[];
let principals: readonly Principal[];
let things: ThingGround;
let ground: RequestGround;

/** What somebody asks for, and what they must hear. */
interface Case {
  readonly row: Row;
  readonly principal: Principal;
  readonly expected: Expected;
  /** Whose thing it is about. */
  readonly whose?: Whose;
}

/** A `HEAD` is asked for wherever there is a `GET`. */
const rows: readonly Row[] = accessTable.flatMap((row) => (row.method === "GET" ? [row, { ...row, method: "HEAD" }] : [row]));

let cases: readonly Case[] = [];

function casesOf(row: Row): Case[] {
  const whoses = "of" in row.access ? owners[row.access.of] : [undefined];
  return whoses.flatMap((whose) =>
    principals.map((principal) => ({
      row,
      principal,
      expected: expectedOf(row, principal, whose),
      ...(whose ? { whose } : {}),
    })),
  );
}

before(async () => {
  site = await givenSite();
  await ask(site.db, `alter sequence orders.order_ids restart with ${firstOrderId}`);
  const settings = { AUTH_SECRET: authSecret, SERVE_JOBS: "elsewhere", RATE_LIMIT_GUESSES: "0" };
  ({ server, routes } = await startTelling(site, settings));
  principals = await givenPrincipals(site, server, { scopes, roles });
  const { priceId, key: productKey } = await givenProduct(server);
  const coowner = await givenAccount(site, "coowner");
  const colleague = await givenAccount(site, "colleague");
  things = { site, server, principals, priceId, coowner, colleague };
  const document = JSON.parse((await server.send("GET", "/openapi.json")).text) as ApiDocument;
  ground = { operations: operationsOf(document), targets: await givenTargets(site, server), priceId, productKey };
  cases = rows.flatMap(casesOf);
});

function describeCase({ row, principal, whose }: Case): string {
  return `${principal.name}: ${row.method} ${row.path}${whose ? ` of the ${whose}` : ""}`;
}

describe("the table of who may do what", () => {
  test("has every route of the server, and no other", () => {
    assert.deepEqual(disagreements(routes, accessTable), []);
  });
});

let victims: ReadonlyMap<string, Thing> = new Map();
const nameOfVictim = (kind: ThingKind, whose: Whose) => `${kind} of ${whose}`;

function victimOf({ row: { access }, whose }: Case): Thing | undefined {
  return "of" in access && whose ? victims.get(nameOfVictim(access.of, whose)) : undefined;
}

describe("whoever may not", () => {
  let refused: readonly Case[];
  before(async () => {
    const made = new Map<string, Thing>();
    for (const [kind, whoses] of Object.entries(owners) as [ThingKind, Whose[]][]) {
      for (const whose of whoses) made.set(nameOfVictim(kind, whose), await givenThing(things, kind, whose));
    }
    victims = made;
    refused = cases.filter(({ expected }) => expected !== "allowed");
  });

  test("is refused, hears no more than of what is not there, and changes nothing", async (t) => {
    const beforehand = await readTables(site.db);
    const started = performance.now();
    const wrong = await inLanes(refused, async (one) => {
      const answer = await hear(server, askFor(one.row, ground, victimOf(one)), one.principal.headers);
      const { status, code } = one.expected as Exclude<Expected, "allowed">;
      const isRight = answer.status === status && (one.row.method === "HEAD" || codeOf(answer) === code);
      return isRight ? [] : [`${describeCase(one)}: ${status} ${code}, but ${answer.status} ${answer.text.slice(0, 300)}`];
    });
    t.diagnostic(`${refused.length} refused in ${Math.round(performance.now() - started)} ms`);
    assert.deepEqual(wrong.flat(), []);
    assert.deepEqual(changedTables(beforehand, await readTables(site.db)), []);
  });
});
