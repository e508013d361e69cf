import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { scopes as knownScopes } from "../../src/identity/scope.ts";
import { faultsOf, isRead, refusalOf } from "../support/access-faults.ts";
import { askFor } from "../support/access-requests.ts";
import {
  type AccessSite,
  type Case,
  describeCase,
  givenAccessSite,
  listCases,
  scopes,
  victimOf,
} from "../support/access-site.ts";
import { accessTable, disagreements, type Row, readTable } from "../support/access-table.ts";
import { givenThing, nothing, type Thing } from "../support/access-things.ts";
import { changingNothing } from "../support/changing-nothing.ts";
import { hear, inLanes } from "../support/hear-answers.ts";
import type { Answered } from "../support/serve.ts";

let access: AccessSite;
let cases: readonly Case[];

before(async () => {
  access = await givenAccessSite();
  cases = listCases(access);
});

function isEverybodys({ access: { kind } }: Row): boolean {
  return kind === "anybody" || kind === "secret";
}

function isNobody({ principal }: Case): boolean {
  return principal.name === "nobody";
}

function send(one: Case, thing: Thing | undefined): Promise<Answered> {
  return hear(access.server, askFor(one.row, access.requests, thing), one.principal.headers);
}

describe("the table of who may do what", () => {
  test("has every route of the server, and no other", () => {
    assert.deepEqual(disagreements(access.routes, accessTable), []);
    const hidden = access.routes.filter((route) => route.hidden);
    const described = Object.entries(access.document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
    );
    const shown = access.routes.filter((route) => !route.hidden && route.method !== "HEAD");
    assert.deepEqual(shown.map(({ method, path }) => `${method} ${path}`).sort(), described.sort());
    assert.ok(hidden.length > 20 && shown.length > 100, `${hidden.length} and ${shown.length}`);
  });

  test("opens something by each scope", () => {
    assert.deepEqual([...scopes, "full"].sort(), [...knownScopes].sort());
  });

  test("would not pass with a route too many, too few, or of another kind", () => {
    const table = readTable(`
      GET  /api/store/orders/:id  owner order
      POST /api/v2/orders         orders:write  o m . . .`);
    const order = { method: "GET", path: "/api/store/orders/:id", hidden: false, shopper: "reads" } as const;
    const place = { method: "POST", path: "/api/v2/orders", hidden: false, scope: "orders:write" };
    assert.deepEqual(disagreements([order, { ...order, method: "HEAD" }, place], table), []);
    const forgotten = { method: "GET", path: "/debug", hidden: true, open: true };
    assert.deepEqual(disagreements([order, place, forgotten], table), ["GET /debug is missing from the table."]);
    assert.deepEqual(disagreements([order], table), ["POST /api/v2/orders is no route."]);
    const { shopper: _, ...bare } = order;
    for (const wrong of [
      { ...place, scope: "orders:read" },
      { ...order, shopper: "user" as const },
      { ...bare, open: true },
    ]) {
      const others = [order, place].filter(({ path }) => path !== wrong.path);
      assert.deepEqual(disagreements([...others, wrong], table), [
        `${wrong.method} ${wrong.path} says something else of itself than the table.`,
      ]);
    }
    assert.deepEqual(disagreements([order, place], [...table, ...table]), ["2 rows stand twice."]);
    assert.throws(() => readTable("GET /x orders:read o m s f"), /cannot be read/);
  });
});

describe("whoever may not", () => {
  let refused: readonly Case[];
  before(() => {
    refused = cases.filter(({ expected }) => expected !== "allowed");
  });

  test("is refused, and changes nothing", async (t) => {
    await changingNothing(access.site.db, async () => {
      const faults = await inLanes(refused, async (one) => faultsOf(one, await send(one, victimOf(access, one))));
      assert.deepEqual(faults.flat(), []);
    });
    t.diagnostic(`${refused.length} requests were refused.`);
  });

  test("hears the same of what is somebody else's as of what is not there", async () => {
    const absent = refused.filter(({ row, expected, whose }) => {
      return whose !== undefined && row.method !== "HEAD" && expected !== "allowed" && expected.status === 404;
    });
    const differences = await inLanes(absent, async (one) => {
      const victim = victimOf(access, one) as Thing;
      const made = nothing(victim);
      const [forbidden, unknown] = await Promise.all([send(one, victim), send(one, made)]);
      const first = refusalOf(forbidden, Object.values(victim.ids));
      const second = refusalOf(unknown, Object.values(made.ids));
      return first === second ? [] : [`${describeCase(one)}: ${first} and ${second}`];
    });
    assert.ok(absent.length > 500, `${absent.length}`);
    assert.deepEqual(differences.flat(), []);
  });
});

describe("whoever may", () => {
  let allowed: readonly Case[];
  before(() => {
    allowed = cases.filter(({ row, expected }) => expected === "allowed" && !isEverybodys(row));
  });

  async function tryIt(one: Case): Promise<string[]> {
    const { row, whose } = one;
    const thing = "of" in row.access && whose ? await givenThing(access.things, row.access.of, whose) : undefined;
    return faultsOf(one, await send(one, thing));
  }

  test("reads, and changes nothing by it", async () => {
    const reads = allowed.filter((one) => isRead(one) && one.whose === undefined);
    await changingNothing(access.site.db, async () => {
      assert.deepEqual((await inLanes(reads, tryIt)).flat(), []);
    });
  });

  test("does so with what is their own", async (t) => {
    const faults: string[] = [];
    // One after the other: each takes its own line out of the one cart that its owner has.
    for (const one of allowed.filter(({ whose }) => whose !== undefined)) faults.push(...(await tryIt(one)));
    assert.deepEqual(faults, []);
    t.diagnostic(`${allowed.length} requests are let in.`);
  });

  test("writes", async () => {
    const isLast = ({ row }: Case) => row.path.endsWith("/sign-out");
    const writes = allowed.filter((one) => !isRead(one) && one.whose === undefined);
    const faults = await inLanes(
      writes.filter((one) => !isLast(one)),
      tryIt,
    );
    faults.push(...(await inLanes(writes.filter(isLast), tryIt)));
    assert.deepEqual(faults.flat(), []);
  });
});

describe("what is everybody's", () => {
  test("answers everybody alike, and sends away whoever does not know the secret", async (t) => {
    const open = cases.filter(({ row }) => isEverybodys(row));
    const nobodys = new Map<Row, string>();
    const told = async (one: Case) => {
      const answer = await send(one, undefined);
      return { answer, text: answer.status < 400 ? `${answer.status} ${answer.text}` : refusalOf(answer, []) };
    };
    await changingNothing(access.site.db, async () => {
      await inLanes(open.filter(isNobody), async (one) => void nobodys.set(one.row, (await told(one)).text));
      const faults = await inLanes(open, async (one) => {
        const { answer, text } = await told(one);
        const isAlike = nobodys.get(one.row) === text;
        return [...faultsOf(one, answer), ...(isAlike ? [] : [`${describeCase(one)}: ${text.slice(0, 300)}`])];
      });
      assert.deepEqual(faults.flat(), []);
    });
    t.diagnostic(`${open.length} requests went to what is open.`);
  });
});
