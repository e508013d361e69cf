import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, describe, test } from "node:test";
import { Type } from "typebox";
import type { Shopper, Shoppers } from "../../src/http/shopper.ts";
import { refusal } from "../../src/platform/errors.ts";
import { testServer } from "../support/http-server.ts";
import { assertNothingFound } from "./describe-findings.ts";
import type { Sender } from "./fuzz-request.ts";
import { type KnownProblems, openJudge, readProblems } from "./judge-answer.ts";
import { type Crowd, personOf } from "./open-crowd.ts";
import { openPools } from "./pools.ts";
import { type ApiDocument, readOperations } from "./read-operations.ts";
import { type Campaign, openCampaign } from "./run-campaign.ts";

/** What must hold for shoppers is proved by shops that break it and nothing else. */

const notTheirs = refusal<Record<string, never>>("thing.not_found", "not-found", () => "There is no such thing.");

const visits = 20;
const spoils = 600; // Three in a hundred are of each kind that is to be found here.

/** What is wrong with a shop. */
interface Shop {
  /** Whoever asks is shown what anybody has. */
  readonly showsOthers?: true;
  /** Pages of other sites write with its cookies. */
  readonly trusts?: readonly string[];
  /** Nobody needs to be signed in. */
  readonly letsIn?: true;
}

function shopperNamed(name: string): Shopper {
  const user = { id: name, name, email: `${name}@example.com`, emailVerified: true };
  return { kind: "user", owner: `user/${name}`, user };
}

/** Knows people by a cookie with their name. */
const byName: Shoppers = {
  async recognize({ cookie = "" }) {
    const [, name] = /^who=(\w+)$/.exec(cookie) ?? [];
    return { shopper: name === undefined || name === "A" ? undefined : shopperNamed(name), setCookies: [] };
  },
  welcome: () => ({ shopper: shopperNamed("somebody"), setCookies: [] }),
};

const people = ["ann", "bob", "eve"];
let problems: KnownProblems;

before(async () => {
  const page = await readFile(new URL("../../docs/errors.md", import.meta.url), "utf8");
  problems = readProblems(`${page}\n| \`thing.not_found\` | 404 |`);
});

async function fight({ showsOthers, trusts = [], letsIn }: Shop): Promise<{ campaign: Campaign; sender: Sender }> {
  const params = Type.Object({ id: Type.String({ maxLength: 64, examples: ["of-nobody"] }) });
  const shown = Type.Object({ id: Type.String() });
  const { app, listen } = await testServer(
    (server) => {
      server.post(
        "/api/store/orders/:id/pay",
        { config: { shopper: "writes" }, schema: { operationId: "payStoreOrder", params, response: { 200: shown } } },
        ({ params: asked, shopper }) => {
          const { id } = asked as { id: string };
          if (!showsOthers && id !== `of-${shopper?.user?.name}`) throw notTheirs({});
          return { id };
        },
      );
      server.get(
        "/api/store/auth/organizations",
        {
          config: { shopper: letsIn ? "reads" : "user" },
          schema: { operationId: "listOrganizations", response: { 200: Type.Object({ data: Type.Array(shown) }) } },
        },
        () => ({ data: [] }),
      );
    },
    { shoppers: byName, trustedOrigins: trusts },
  );
  const { origin } = await listen();
  const [first, second, thief] = people.map((name) => {
    const person = personOf({ cookies: new Map([["who", name]]) }, `${name}@example.com`);
    const order = { id: `of-${name}`, payable: true, details: {} };
    person.pools.harvest({ id: "getStoreOrder", path: "/api/store/orders/{id}" }, order);
    return person;
  });
  assert.ok(first && second && thief);
  const crowd: Crowd = { shoppers: [first], users: [second], hermit: second, thief };
  const described = readOperations(app.swagger() as unknown as ApiDocument).filter(({ path }) =>
    path.startsWith("/api"),
  );
  // What a broken shop says of itself is no longer what it should be; and no shop here keeps answers under keys.
  const operations = described.map((one) => {
    const asker = one.method === "GET" ? ("user" as const) : one.asker;
    return { ...one, asker, keyed: false };
  });
  const sender: Sender = { origin, apiKey: "owner", sign: () => [] };
  const campaign = openCampaign({
    seed: 7,
    sender,
    operations,
    judge: openJudge(problems),
    pools: openPools(),
    crowd,
    quiet: async () => {},
    tables: async () => ({}),
  });
  await campaign.visit(operations, visits);
  await campaign.spoil(spoils);
  return { campaign, sender };
}

describe("a shop that is sound", () => {
  test("is found to be so", async () => {
    const { campaign, sender } = await fight({});
    await assertNothingFound(campaign, sender);
    assert.ok(campaign.answered.get("payStoreOrder")?.has(200));
    campaign.close();
  });
});

describe("a shop that is broken is found out", () => {
  const broken: [what: string, shop: Shop, says: RegExp][] = [
    ["when it shows to one what is another's", { showsOthers: true }, /a thief/],
    [
      "when pages of another site write",
      { trusts: ["https://evil.example", "null", "http://127.0.0.1"] },
      /a page elsewhere/,
    ],
    ["when nobody needs to be signed in", { letsIn: true }, /nobody signed in/],
  ];
  for (const [what, shop, says] of broken) {
    test(what, async () => {
      const { campaign, sender } = await fight(shop);
      assert.deepEqual([...new Set(campaign.findings.map(({ rule }) => rule))], ["accepted"]);
      assert.match(campaign.findings.map((finding) => finding.says).join(), says);
      await assert.rejects(assertNothingFound(campaign, sender), /accepted, \d+ times/);
      campaign.close();
    });
  }
});
