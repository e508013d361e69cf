import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { JWTPayload } from "jose";
import { type FakeIssuer, startOidcIssuer, type TokenFault } from "../../test/fakes/oidc-issuer.ts";
import { ask } from "../../test/support/ask.ts";
import { eventually } from "../../test/support/eventually.ts";
import {
  type AccountSite,
  accountSite,
  givenOwner,
  givenUser,
  password,
  signIn,
  tokenTo,
  type Visitor,
  visitor,
} from "../../test/support/given-accounts.ts";
import { sessionCookie } from "./session.ts";

const auth = "/api/store/auth";
const start = `${auth}/oidc/start`;
const minuteMs = 60_000;

let issuer: FakeIssuer;
let site: AccountSite;
let owner: Visitor;
let people = 0;

before(async () => {
  issuer = await startOidcIssuer();
  site = await accountSite({ env: envOf(issuer) });
  owner = await givenOwner(site);
});
after(() => issuer.close());

function envOf({ url, clientId, clientSecret }: FakeIssuer): Record<string, string> {
  return {
    OIDC_ISSUER: url,
    OIDC_CLIENT_ID: clientId,
    OIDC_CLIENT_SECRET: clientSecret,
    OIDC_STAFF_CLAIM: "orderwell_role",
  };
}

function person(claims: JWTPayload = {}): JWTPayload & { sub: string; email: string } {
  people += 1;
  return {
    sub: `sub-${people}`,
    email: `person-${people}@example.com`,
    email_verified: true,
    name: `Person ${people}`,
    ...claims,
  };
}

/** Begins in a browser, signs in at the issuer, and answers the path that the browser is sent back to. */
async function comeBack(browser: Visitor, claims: JWTPayload, returnTo = "/orders"): Promise<string> {
  const begun = await browser.ask("GET", `${start}?return_to=${encodeURIComponent(returnTo)}`);
  assert.equal(begun.status, 303, begun.body);
  const back = issuer.authorize(String(begun.headers.location), claims);
  assert.equal(back.origin, "http://shop.example");
  return `${back.pathname}${back.search}`;
}

async function enter(
  claims: JWTPayload,
  browser = visitor(site),
): Promise<{ browser: Visitor; status: number; code: string | undefined }> {
  const answer = await browser.ask("GET", await comeBack(browser, claims));
  return { browser, status: answer.status, code: answer.code };
}

async function who(browser: Visitor): Promise<{ email: string; name: string; staff_role: string | null } | null> {
  return (await browser.ask("GET", `${auth}/session`)).json<{ user: never }>().user;
}

describe("signing in at an issuer", () => {
  test("opens a session of a new user, and the same user's the next time", async () => {
    const claims = person();
    const browser = visitor(site);
    const entered = await browser.ask("GET", await comeBack(browser, claims));
    assert.deepEqual([entered.status, entered.headers.location], [303, "/orders"]);
    assert.deepEqual([...browser.cookies.keys()], [sessionCookie]);
    assert.deepEqual(await who(browser), {
      ...(await who(browser)),
      email: claims.email,
      name: claims.name,
      staff_role: null,
    });
    // Another address at the issuer: it is still the same person.
    const again = await enter({ ...claims, email: "moved@example.com" });
    assert.equal((await who(again.browser))?.email, claims.email);
  });

  test("makes a new session, and ends the one that the browser brought", async () => {
    const claims = person();
    const { browser } = await enter(claims);
    const planted = browser.cookies.get(sessionCookie) ?? "";
    await enter(claims, browser);
    assert.notEqual(browser.cookies.get(sessionCookie), planted);
    const attacker = visitor(site);
    attacker.cookies.set(sessionCookie, planted);
    assert.equal(await who(attacker), null);
  });

  test("is the account with the address, when the issuer says that the address is theirs", async () => {
    const claims = person();
    const byPassword = await givenUser(site, claims.email, "Ann");
    const { browser } = await enter(claims);
    assert.equal((await who(browser))?.name, "Ann");
    assert.equal((await signIn(byPassword, claims.email)).status, 200);
  });

  for (const unproved of [
    { email_verified: false },
    { email_verified: undefined },
    { email_verified: "true" },
    { email: undefined },
    { email: 7 },
  ]) {
    test(`is nobody's account with ${JSON.stringify(unproved)}`, async () => {
      const claims = person();
      await givenUser(site, claims.email);
      const refused = await enter({ ...claims, ...unproved } as JWTPayload);
      assert.deepEqual([refused.status, refused.code], [403, "identity.oidc_email_unverified"]);
      assert.equal(await who(refused.browser), null);
    });
  }

  test("takes an account that nobody proved from whoever made it", async () => {
    const claims = person();
    const squatter = visitor(site);
    await squatter.ask("POST", `${auth}/sign-up`, { name: "Eve", email: claims.email, password });
    const token = await tokenTo(site, claims.email, "account_verification");
    const { browser } = await enter(claims);
    assert.equal((await who(browser))?.email, claims.email);
    await squatter.ask("POST", `${auth}/verify-email`, { token });
    assert.equal((await signIn(squatter, claims.email)).status, 401);
  });

  test("makes one user of two who come back at once", async () => {
    const claims = person();
    const entered = await Promise.all([enter(claims), enter(claims)]);
    assert.deepEqual(
      entered.map(({ status }) => status),
      [303, 303],
    );
    assert.equal((await ask(site.db, "select 1 from identity.users where email = $1", [claims.email])).length, 1);
  });

  for (const fault of [
    "stranger_key",
    "other_audience",
    "other_issuer",
    "other_nonce",
    "other_party",
    "expired",
    "unsigned",
    "shared_secret",
    "no_subject",
  ] satisfies TokenFault[]) {
    test(`refuses a token with the fault ${fault}`, async () => {
      issuer.tokenFault = fault;
      const refused = await enter(person()).finally(() => {
        issuer.tokenFault = "none";
      });
      assert.deepEqual([refused.status, refused.code], [403, "identity.oidc_refused"]);
      assert.equal(await who(refused.browser), null);
    });
  }

  test("goes on when the issuer signs with another key", async () => {
    await enter(person());
    await issuer.rotate();
    const waiting = person();
    // Keys are asked for again some seconds after the last time; until then the sign-in is refused, not broken.
    await eventually("the new key is known", async () => (await enter(waiting)).status === 303);
  });

  test("works once for each time that it is begun", async () => {
    const browser = visitor(site);
    const path = await comeBack(browser, person());
    const state = browser.cookies.get("orderwell.oidc_state") ?? "";
    assert.equal((await browser.ask("GET", path)).status, 303);
    const replaying = visitor(site);
    replaying.cookies.set("orderwell.oidc_state", state);
    const replayed = await replaying.ask("GET", path);
    assert.deepEqual([replayed.status, replayed.code], [403, "identity.oidc_refused"]);
    assert.match(replayed.body, /used before/);
  });

  test("lets one of two in who come back with the same code at once", async () => {
    const browser = visitor(site);
    const path = await comeBack(browser, person());
    const answers = await Promise.all([browser.ask("GET", path), browser.ask("GET", path)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 403]);
  });

  test("is only for the browser that began it, and not for long", async () => {
    const attacker = visitor(site);
    const path = await comeBack(attacker, person());
    const victim = visitor(site);
    assert.equal((await victim.ask("GET", path)).code, "identity.oidc_refused");
    await victim.ask("GET", start);
    assert.equal((await victim.ask("GET", path)).code, "identity.oidc_refused");
    for (const cookie of ["x", "A".repeat(5_000), (attacker.cookies.get("orderwell.oidc_state") ?? "").slice(0, -1)]) {
      victim.cookies.set("orderwell.oidc_state", cookie);
      const refused = await victim.ask("GET", path);
      assert.ok([403, 431].includes(refused.status), `${refused.status}`);
    }
    site.time.aheadMs += 11 * minuteMs;
    assert.equal((await attacker.ask("GET", path)).code, "identity.oidc_refused");
  });

  test("leads nowhere but to a path of ours", async () => {
    for (const elsewhere of [
      "https://evil.example",
      "//evil.example",
      "/\\evil.example",
      "javascript:alert(1)",
      "/a\nb",
      "evil",
    ]) {
      const browser = visitor(site);
      const entered = await browser.ask("GET", await comeBack(browser, person(), elsewhere));
      assert.equal(entered.headers.location, "/", elsewhere);
    }
  });

  test("is refused when the issuer let nobody in", async () => {
    const browser = visitor(site);
    await browser.ask("GET", start);
    const state = new URL(String((await browser.ask("GET", start)).headers.location)).searchParams.get("state");
    const refused = await browser.ask("GET", `${auth}/oidc/callback?state=${state}&error=access_denied`);
    assert.deepEqual([refused.status, refused.code], [403, "identity.oidc_refused"]);
  });

  for (const fault of ["crash", "drop", "not_json", "other_issuer"] as const) {
    test(`is answered 503 while the issuer has the fault ${fault}`, async () => {
      const fresh = await accountSite({ env: envOf(issuer), beside: site });
      issuer.callFault = fault;
      const answer = await visitor(fresh)
        .ask("GET", start)
        .finally(() => {
          issuer.callFault = "none";
        });
      assert.deepEqual([answer.status, answer.code], [503, "identity.oidc_unavailable"]);
      assert.equal((await visitor(fresh).ask("GET", start)).status, 303);
    });
  }
});

describe("the claim that gives roles", () => {
  test("lets somebody work here, changes their role, and never takes the last owner", async () => {
    const claims = person({ orderwell_role: ["something", "support"] });
    const { browser } = await enter(claims);
    assert.equal((await who(browser))?.staff_role, "support");
    assert.equal((await browser.ask("GET", "/api/v2/staff")).status, 403);
    await enter({ ...claims, orderwell_role: "manager" }, browser);
    assert.equal((await browser.ask("GET", "/api/v2/staff")).status, 200);
    await enter({ ...claims, orderwell_role: "nothing of ours" }, browser);
    assert.equal((await who(browser))?.staff_role, "manager");

    const lowered = await enter(person({ email: "owner@example.com", orderwell_role: "read_only" }));
    assert.equal((await who(lowered.browser))?.staff_role, "owner");
  });

  test("does not bring back somebody who was disabled here", async () => {
    const claims = person({ orderwell_role: "manager" });
    const { browser } = await enter(claims);
    const { id } = (await who(browser)) as unknown as { id: string };
    await owner.ask("POST", `/api/v2/staff/${id}/disable`);
    await enter(claims, browser);
    assert.equal((await browser.ask("GET", "/api/v2/staff")).status, 401);
    const bearer = { authorization: `Bearer ${await issuer.accessToken(claims)}` };
    assert.equal((await visitor(site).ask("GET", "/api/v2/staff", undefined, bearer)).status, 401);
  });
});

describe("an access token of the issuer", () => {
  const withToken = async (claims: JWTPayload, path = "/api/v2/staff") =>
    visitor(site).ask("GET", path, undefined, { authorization: `Bearer ${await issuer.accessToken(claims)}` });

  test("opens what its role may, and nothing without one", async () => {
    assert.equal((await withToken(person({ orderwell_role: "manager" }))).status, 200);
    assert.equal((await withToken(person({ orderwell_role: "support" }))).status, 403);
    assert.equal((await withToken(person({ orderwell_role: "boss" }))).status, 401);
    assert.equal((await withToken(person())).status, 401);
  });

  test("is good for no more than the role that somebody has here", async () => {
    const claims = person({ orderwell_role: "manager" });
    const { browser } = await enter(claims);
    const { id } = (await who(browser)) as unknown as { id: string };
    assert.equal((await withToken(claims)).status, 200);
    await owner.ask("PATCH", `/api/v2/staff/${id}`, { role: "support" });
    assert.equal((await withToken(claims)).status, 403);
  });

  for (const fault of [
    "stranger_key",
    "other_audience",
    "other_issuer",
    "other_party",
    "expired",
    "unsigned",
    "shared_secret",
    "no_subject",
  ] satisfies TokenFault[]) {
    test(`opens nothing with the fault ${fault}`, async () => {
      issuer.tokenFault = fault;
      const answer = await withToken(person({ orderwell_role: "owner" })).finally(() => {
        issuer.tokenFault = "none";
      });
      assert.equal(answer.status, 401);
    });
  }

  test("is answered 503, and not refused, while the issuer is away", async () => {
    const fresh = await accountSite({ env: envOf(issuer), beside: site });
    const token = await issuer.accessToken(person({ orderwell_role: "manager" }));
    const headers = { authorization: `Bearer ${token}` };
    issuer.callFault = "crash";
    const answer = await visitor(fresh)
      .ask("GET", "/api/v2/staff", undefined, headers)
      .finally(() => {
        issuer.callFault = "none";
      });
    assert.equal(answer.status, 503);
  });
});

describe("without an issuer", () => {
  test("there is nowhere to go, and its tokens open nothing", async () => {
    const plain = await accountSite();
    assert.equal((await visitor(plain).ask("GET", start)).code, "identity.oidc_off");
    assert.equal((await visitor(plain).ask("GET", `${auth}/oidc/callback?state=x&code=y`)).code, "identity.oidc_off");
    const token = await issuer.accessToken(person({ orderwell_role: "owner" }));
    const answer = await visitor(plain).ask("GET", "/api/v2/staff", undefined, { authorization: `Bearer ${token}` });
    assert.equal(answer.status, 401);
  });
});
