import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import {
  type AccountSite,
  accountSite,
  givenSignedIn,
  givenUser,
  password,
  signIn,
  visitor,
} from "../../test/support/given-accounts.ts";
import { anonymousCookie, writeAnonymous } from "./anonymous.ts";
import { sessionCookie, writeSession } from "./session.ts";

const auth = "/api/store/auth";
const quarterMs = 900_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

let site: AccountSite;
before(async () => {
  site = await accountSite();
});

async function whoIs(browser: ReturnType<typeof visitor>): Promise<string | null> {
  const { user } = (await browser.ask("GET", `${auth}/session`)).json<{ user: { email: string } | null }>();
  return user?.email ?? null;
}

describe("signing in", () => {
  test("opens a session that is known by a cookie, and shows whose it is", async () => {
    const browser = await givenUser(site, "ann@example.com");
    assert.equal(await whoIs(browser), null);
    const entered = await signIn(browser, "ann@example.com");
    assert.equal(entered.status, 200);
    const set = [entered.headers["set-cookie"] ?? []].flat().map(String);
    assert.match(
      set[0] ?? "",
      /^orderwell\.session_token=[\w-]{32}\.[\w-]{43}; Path=\/; Max-Age=7776000; HttpOnly; SameSite=Lax$/,
    );
    assert.equal(await whoIs(browser), "ann@example.com");
    const { user } = entered.json<{ user: object }>();
    assert.deepEqual(Object.keys(user).sort(), ["email", "email_verified", "id", "name", "staff_role"]);
    assert.ok(!entered.body.includes("password"));
  });

  test("refuses a wrong password and an unknown address alike", async () => {
    await givenUser(site, "bea@example.com");
    const browser = visitor(site);
    const strip = ({ status, body, headers }: Awaited<ReturnType<typeof signIn>>) => ({
      status,
      body: body.replace(/"request_id":"[^"]*"/, ""),
      headers: Object.keys(headers).sort(),
    });
    const wrong = strip(await signIn(browser, "bea@example.com", "not the password"));
    const unknown = strip(await signIn(browser, "nobody@example.com", "not the password"));
    assert.deepEqual(wrong, unknown);
    assert.equal(wrong.status, 401);
  });

  test("makes a new session each time, and ends the one that the browser brought", async () => {
    const browser = await givenSignedIn(site, "cat@example.com");
    const planted = browser.cookies.get(sessionCookie);
    await signIn(browser, "cat@example.com");
    assert.notEqual(browser.cookies.get(sessionCookie), planted);
    const attacker = visitor(site);
    attacker.cookies.set(sessionCookie, planted ?? "");
    assert.equal(await whoIs(attacker), null);
  });

  test("takes the planted session of an attacker away from the victim, and the victim's from the attacker", async () => {
    const attacker = await givenSignedIn(site, "mallory@example.com", "Mallory");
    const victim = await givenUser(site, "victim@example.com");
    victim.cookies.set(sessionCookie, attacker.cookies.get(sessionCookie) ?? "");
    assert.equal((await signIn(victim, "victim@example.com")).status, 200);
    assert.equal(await whoIs(victim), "victim@example.com");
    assert.equal(await whoIs(attacker), null);
  });

  test("takes a planted visitor's cookie away: it opens nothing any more, for anybody", async () => {
    const attacker = visitor(site);
    await attacker.ask("POST", "/api/store/cart");
    const planted = attacker.cookies.get(anonymousCookie) ?? "";
    const victim = await givenUser(site, "planted@example.com");
    victim.cookies.set(anonymousCookie, planted);
    await signIn(victim, "planted@example.com");
    assert.equal(victim.cookies.get(anonymousCookie), undefined);
    const own = (await victim.ask("POST", "/api/store/cart")).json<{ owner: string }>().owner;
    assert.match(own, /^user\//);
    const answered = (await attacker.ask("GET", "/api/store/cart")).json<{ owner: string | null }>();
    assert.equal(answered.owner, null);
    const fresh = (await attacker.ask("POST", "/api/store/cart")).json<{ owner: string }>().owner;
    assert.match(fresh, /^anonymous\//);
    assert.notEqual(attacker.cookies.get(anonymousCookie), planted);
  });

  test("counts failures by account, in every process, and waits until the window is over", async () => {
    const email = "guessed@example.com";
    await givenUser(site, email);
    const beside = await accountSite({ beside: site });
    const statuses: number[] = [];
    for (let count = 0; count < 11; count += 1) {
      const browser = visitor(count % 2 === 0 ? site : beside, `198.51.100.${count}`);
      statuses.push((await signIn(browser, email, "not the password")).status);
    }
    assert.deepEqual(statuses, [...Array.from({ length: 10 }, () => 401), 429]);
    const owner = await signIn(visitor(site, "198.51.100.200"), email);
    assert.deepEqual([owner.status, owner.code], [429, "identity.too_many_attempts"]);
    assert.ok(Number(owner.headers["retry-after"]) > 800);
    const unknown = await signIn(visitor(site, "198.51.100.201"), "never@example.com", "x");
    assert.equal(unknown.status, 401);
    beside.time.aheadMs = quarterMs;
    assert.equal((await signIn(visitor(beside, "198.51.100.202"), email)).status, 200);
  });

  test("counts an unknown address as it counts a known one", async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 11; count += 1) {
      statuses.push((await signIn(visitor(site, `192.0.2.${count}`), "ghost@example.com", "x")).status);
    }
    assert.equal(statuses.at(-1), 429);
  });

  test("counts many at once as one after the other", async () => {
    const email = "stormed@example.com";
    await givenUser(site, email);
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, count) => signIn(visitor(site, `192.0.2.${100 + count}`), email, "wrong one")),
    );
    assert.equal(answers.filter(({ status }) => status === 401).length, 10);
    assert.equal(answers.filter(({ status }) => status === 429).length, 20);
  });

  test("counts failures by address over all accounts, and takes back what succeeds", async () => {
    const own = await accountSite();
    await givenUser(own, "dora@example.com");
    const stuffer = visitor(own, "203.0.113.66");
    assert.equal((await signIn(stuffer, "victim-1@example.com", "leaked one")).status, 401);
    assert.equal((await signIn(stuffer, "dora@example.com")).status, 200);
    const counted = "update identity.attempts set failures = failures + 98 where name = 'sign_in/address/203.0.113.66'";
    await ask(own.db, counted);
    assert.equal((await signIn(stuffer, "victim-2@example.com", "leaked one")).status, 401);
    assert.equal((await signIn(stuffer, "victim-x@example.com", "leaked one")).status, 429);
    assert.equal((await signIn(visitor(own), "dora@example.com")).status, 200);
  });

  test("knows a client by what a trusted proxy says, and by nothing that the client says", async () => {
    const proxied = await accountSite({ env: { TRUST_PROXY: "10.0.0.1" } });
    const seen = async (address: string, forwarded: string) => {
      const headers = { "x-forwarded-for": forwarded, "x-orderwell-client": "9.9.9.9" };
      const email = `seen-${forwarded.length}-${address}@example.com`;
      await visitor(proxied, address).ask("POST", `${auth}/sign-in`, { email, password: "x" }, headers);
      const rows = await ask<{ name: string }>(
        proxied.db,
        "select name from identity.attempts where name like 'sign_in/address/%'",
      );
      const limits = await ask<{ key: string }>(proxied.db, "select key from identity.rate_limits");
      await ask(proxied.db, "delete from identity.attempts");
      await ask(proxied.db, "delete from identity.rate_limits");
      return [rows.map(({ name }) => name.split("/")[2]), limits.map(({ key }) => key.split("|")[0])];
    };
    assert.deepEqual(await seen("10.0.0.1", "198.51.100.7"), [["198.51.100.7"], ["198.51.100.7"]]);
    assert.deepEqual(await seen("203.0.113.5", "198.51.100.7"), [["203.0.113.5"], ["203.0.113.5"]]);
  });
});

describe("while the database is away", () => {
  test("nobody is signed in, and everybody is asked to come again", async () => {
    const own = await accountSite();
    const browser = await givenSignedIn(own, "away@example.com");
    await own.database.close();
    for (const [method, path, body] of [
      ["GET", `${auth}/session`, undefined],
      ["GET", "/api/store/cart", undefined],
      ["GET", "/api/v2/staff", undefined],
      ["POST", `${auth}/sign-in`, { email: "away@example.com", password }],
      ["POST", `${auth}/sign-up`, { name: "A", email: "new@example.com", password }],
      ["POST", `${auth}/sign-out`, undefined],
    ] as const) {
      assert.equal((await browser.ask(method, path, body)).status, 503, path);
    }
    assert.ok(browser.cookies.get(sessionCookie));
  });

  test("the library's own statements that fail are no refusals", async () => {
    const own = await accountSite();
    await givenUser(own, "half@example.com");
    await own.identity.close();
    assert.equal((await signIn(visitor(own), "half@example.com")).status, 503);
    const made = await visitor(own).ask("POST", `${auth}/sign-up`, { name: "A", email: "x@example.com", password });
    assert.equal(made.status, 503);
  });
});

describe("a session", () => {
  test("ends on the server when its user signs out", async () => {
    const browser = await givenSignedIn(site, "out@example.com");
    const kept = browser.cookies.get(sessionCookie) ?? "";
    assert.equal((await browser.ask("POST", `${auth}/sign-out`)).status, 200);
    assert.equal(browser.cookies.get(sessionCookie), undefined);
    browser.cookies.set(sessionCookie, kept);
    assert.equal(await whoIs(browser), null);
    assert.equal((await browser.ask("GET", `${auth}/organizations`)).status, 401);
    assert.equal((await browser.ask("POST", `${auth}/sign-out`)).status, 200);
  });

  test("ends with all others when the password changes, and the one that changed it goes on", async () => {
    const email = "change@example.com";
    const [one, other] = [await givenSignedIn(site, email), visitor(site)];
    await signIn(other, email);
    const former = one.cookies.get(sessionCookie) ?? "";
    const wrong = await one.ask("POST", `${auth}/change-password`, {
      current_password: "no",
      password: "brand new one",
    });
    assert.deepEqual([wrong.status, wrong.code], [422, "identity.password_wrong"]);
    assert.equal(await whoIs(other), email);
    const changed = await one.ask("POST", `${auth}/change-password`, {
      current_password: password,
      password: "brand new one",
    });
    assert.equal(changed.status, 200, changed.body);
    assert.equal(await whoIs(one), email);
    assert.equal(await whoIs(other), null);
    other.cookies.set(sessionCookie, former);
    assert.equal(await whoIs(other), null);
    assert.equal((await signIn(other, email)).status, 401);
  });

  test("lives on while it is used, at one write an hour, and ends when it is not", async () => {
    const own = await accountSite();
    const browser = await givenSignedIn(own, "slide@example.com");
    const ends = async () =>
      (await browser.ask("GET", `${auth}/session`)).json<{ expires_at: string | null }>().expires_at;
    const first = await ends();
    own.time.aheadMs = hourMs / 2;
    assert.equal(await ends(), first);
    own.time.aheadMs = 6 * dayMs;
    await Promise.all(Array.from({ length: 5 }, () => ends()));
    own.time.aheadMs = 12 * dayMs;
    assert.notEqual(await ends(), null);
    own.time.aheadMs = 20 * dayMs;
    assert.equal(await ends(), null);
  });

  test("is nobody's when its cookie is forged, and never breaks the server", async () => {
    const browser = await givenSignedIn(site, "fuzz@example.com");
    const good = browser.cookies.get(sessionCookie) ?? "";
    const forger = visitor(site);
    const values = [
      ...Array.from(good, (_, index) => good.slice(0, index)),
      ...Array.from(
        { length: 76 },
        (_, at) => `${good.slice(0, at)}${good[at] === "x" ? "y" : "x"}${good.slice(at + 1)}`,
      ),
      ...Array.from({ length: 100 }, () => randomBytes(40).toString("base64")),
      ...["A".repeat(5_000), "%00", "'; drop table identity.sessions; --", '"quoted"', "\u00e9", good.toUpperCase()],
      writeSession(good.slice(0, 32), "another secret"),
      writeAnonymous(good.slice(0, 32), "another secret"),
    ];
    for (const value of values) {
      forger.cookies.set(sessionCookie, value);
      forger.cookies.set(anonymousCookie, value);
      const read = await forger.ask("GET", "/api/store/cart");
      assert.ok(read.status < 500, `${read.status} for ${value}`);
      if (read.status === 200) assert.equal(read.json<{ owner: string | null }>().owner, null, value);
      const back = await forger.ask("GET", "/api/v2/staff");
      assert.ok(back.status === 401 || back.status === 400, `${back.status} for ${value}`);
    }
    assert.equal(await whoIs(browser), "fuzz@example.com");
  });

  test("changes its user's name, once for each key, and answers another user nothing of it", async () => {
    const browser = await givenSignedIn(site, "renamed@example.com");
    const other = await givenSignedIn(site, "other@example.com");
    const key = { "idempotency-key": "rename" };
    const first = await browser.ask("PATCH", `${auth}/profile`, { name: " Anna " }, key);
    assert.equal(first.json<{ name: string }>().name, "Anna");
    const again = await browser.ask("PATCH", `${auth}/profile`, { name: " Anna " }, key);
    assert.equal(again.headers["idempotent-replayed"], "true");
    const others = await other.ask("PATCH", `${auth}/profile`, { name: " Anna " }, key);
    assert.equal(others.headers["idempotent-replayed"], undefined);
    assert.equal(others.json<{ email: string }>().email, "other@example.com");
    await browser.ask("POST", `${auth}/sign-out`);
    assert.equal((await browser.ask("PATCH", `${auth}/profile`, { name: " Anna " }, key)).status, 401);
  });
});
