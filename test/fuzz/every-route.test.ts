import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { parseWebhookSecrets, signWebhook } from "../../src/payments/webhook-signature.ts";
import { type FakeIssuer, startOidcIssuer } from "../fakes/oidc-issuer.ts";
import { ask } from "../support/ask.ts";
import { assertVerified } from "../support/check-books.ts";
import { eventually } from "../support/eventually.ts";
import { givenSite, type ServingProcess, type Site, startServing, webhookSecret } from "../support/serve.ts";
import { issuerSettings } from "../support/stage.ts";
import { checkPlaced } from "./check-placed.ts";
import { assertNothingFound, describeAnswers, listUnreached } from "./describe-findings.ts";
import type { Sender } from "./fuzz-request.ts";
import { fuzzSeed } from "./fuzz-seed.ts";
import { givenCrowd } from "./given-crowd.ts";
import { givenPausedImports } from "./given-pauses.ts";
import { givenFailedJobs, givenTasks, untilRest } from "./given-rest.ts";
import { openJudge, readProblems } from "./judge-answer.ts";
import { openPools } from "./pools.ts";
import { type ApiDocument, type Operation, readOperations } from "./read-operations.ts";
import { readTables } from "./read-tables.ts";
import { type Campaign, openCampaign } from "./run-campaign.ts";
import { firstOrderId } from "./starters.ts";

const long = process.env.CHAOS === "long";
const visits = long ? 100 : 6; // Of each operation.
const moreVisits = 40; // Of an operation that had no luck yet.
const spoils = long ? 25_000 : 1000; // Those that are refused are sent twice.
const needy = long ? 600 : 60; // Failed jobs and open tasks: some are used up, some must be left for the next one.
const mostMemoryMb = 700; // Three times what a server has after hours; what grows with requests passes it in the long run.

const counts = { shoppers: 4, organizations: 3, tokens: long ? 20 : 4 };

/** What others begin with. */
const openers = new Set([
  ...["addCartLine", "buyNow", "checkOut", "createProduct", "createPrice", "setTranslation", "addImage"],
  "listTasks",
]);

const settings = {
  // What breaks off in the middle is waited for no longer than this.
  REQUEST_TIMEOUT_MS: "3000",
  // News of payments that nobody knows is given up soon.
  WEBHOOK_WAIT_MS: "200",
  // One address sends everything, and much of it without a key.
  RATE_LIMIT_PRINCIPAL: "0",
  RATE_LIMIT_ADDRESS: "0",
  RATE_LIMIT_GUESSES: "0",
};

function senderTo({ address, apiKey }: ServingProcess): Sender {
  const secrets = parseWebhookSecrets(webhookSecret);
  let signed = 0;
  return {
    origin: address,
    apiKey,
    sign(bytes) {
      signed += 1;
      const body = Buffer.from(bytes, "latin1").toString("utf8");
      return Object.entries(signWebhook(secrets, { id: `msg_fuzz_${signed}`, body, now: new Date() }));
    },
  };
}

/** The most memory that a process ever had; 0 where the system does not tell. */
async function memoryMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}

describe(`every route of the description (FUZZ_SEED=${fuzzSeed})`, () => {
  let site: Site;
  let server: ServingProcess;
  let issuer: FakeIssuer;
  let operations: readonly Operation[];
  let sender: Sender;
  let campaign: Campaign;

  before(async () => {
    site = await givenSite();
    await ask(site.db, `alter sequence orders.order_ids restart with ${firstOrderId}`);
    issuer = await startOidcIssuer();
    server = await startServing(site, { ...settings, ...issuerSettings(issuer) });
    sender = senderTo(server);
    const pools = openPools();
    const crowd = await givenCrowd({ site, server, issuer, pools }, counts);
    await givenFailedJobs(site.db, needy);
    await givenPausedImports(site, server, long ? needy : 4 * visits);
    await untilRest(site.db);
    await givenTasks(site.db, needy);
    operations = readOperations(JSON.parse((await server.send("GET", "/openapi.json")).text) as ApiDocument);
    const errorsPage = await readFile(new URL("../../docs/errors.md", import.meta.url), "utf8");
    campaign = openCampaign({
      seed: fuzzSeed,
      sender,
      operations,
      judge: openJudge(readProblems(errorsPage)),
      pools,
      crowd,
      quiet: () => untilRest(site.db),
      tables: () => readTables(site.db),
    });
  });
  after(async () => {
    // Also when not everything was opened.
    campaign?.close();
    await server?.kill();
    await issuer?.close();
  });

  test("answers as described, does nothing by halves, and repeats itself when asked again", async (t) => {
    const placing = operations.filter(({ id }) => id === "placeOrderV1");
    await campaign.visit(placing, 2 * visits);
    await campaign.visit(operations, visits);
    // What several things must go before is visited until it had them.
    for (let more = 0; more < moreVisits && listUnreached(campaign, operations).length > 0; more += 1) {
      const unreached = listUnreached(campaign, operations);
      await campaign.visit(
        operations.filter(({ id }) => unreached.includes(id) || openers.has(id)),
        1,
      );
    }
    await campaign.spoil(spoils);
    t.diagnostic(`${campaign.requests} requests with FUZZ_SEED=${fuzzSeed}`);
    for (const line of describeAnswers(campaign)) t.diagnostic(line);
    await assertNothingFound(campaign, sender);
  });

  test("does what it is for", () => {
    assert.deepEqual(listUnreached(campaign, operations), []);
  });

  test("placed what it said it placed, and nothing else", async () => {
    await untilRest(site.db);
    assert.deepEqual(await checkPlaced(site.db, campaign.sent), []);
    const placed = campaign.sent.filter(({ request }) => request.operation?.id === "placeOrderV1");
    const denied = placed.map(({ request, status }) => ({ request, status: status === 201 ? ("cut" as const) : 201 }));
    assert.equal((await checkPlaced(site.db, denied)).length, placed.length);
  });

  test("leaves books that agree", async () => {
    // What strangers did at the sandbox is no business of ours.
    const strangers = "order_id not in (select order_id from orders.orders)";
    await ask(site.db, `delete from payments.sandbox_refunds where ${strangers}`);
    await ask(site.db, `delete from payments.sandbox_payments where ${strangers}`);
    await untilRest(site.db);
    await assertVerified(site.url);
  });

  test("leaves a server that lives, within bounds and without complaint", async () => {
    assert.equal((await server.send("GET", "/health/ready")).status, 200);
    const complaints = server
      .log()
      .split("\n")
      .filter((line) => line !== "" && !/"level":[1-3]0/.test(line));
    assert.deepEqual(complaints, []);
    await eventually("no transaction is open", async () => {
      const open = await ask(
        site.db,
        `select from pg_stat_activity
          where datname = current_database() and application_name like 'orderwell serve%'
            and state like 'idle in transaction%'`,
      );
      return open.length === 0;
    });
    assert.ok((await memoryMb(server.pid)) < mostMemoryMb);
  });
});
