import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import {
  type AccountSite,
  accountSite,
  givenSignedIn,
  givenUser,
  password,
  signIn,
  tokenTo,
  visitor,
} from "../../test/support/given-accounts.ts";

const auth = "/api/store/auth";
const hourMs = 3_600_000;

let site: AccountSite;
before(async () => {
  site = await accountSite();
});

async function usersOf(email: string): Promise<{ emailVerified: boolean; name: string }[]> {
  return ask(site.db, 'select name, email_verified as "emailVerified" from identity.users where email = $1', [email]);
}

describe("signing up", () => {
  test("makes an account that opens once its address is proved", async () => {
    const browser = visitor(site);
    const body = { name: "Ann", email: "First@Example.com", password };
    const made = await browser.ask("POST", `${auth}/sign-up`, body, { "accept-language": "ja-JP,en;q=0.5" });
    assert.equal(made.status, 202, made.body);
    assert.deepEqual(made.json(), { status: "letter_sent" });
    assert.deepEqual([...browser.cookies.keys()], []);
    assert.deepEqual(await usersOf("first@example.com"), [{ name: "Ann", emailVerified: false }]);

    const early = await signIn(browser, "first@example.com");
    assert.deepEqual([early.status, early.code], [403, "identity.email_unverified"]);
    const [letter] = await site.letters("first@example.com");
    assert.deepEqual([letter?.kind, letter?.locale, letter?.name], ["account_verification", "ja-JP", "Ann"]);

    const token = await tokenTo(site, "first@example.com", "account_verification");
    assert.equal((await browser.ask("POST", `${auth}/verify-email`, { token })).status, 200);
    assert.equal((await browser.ask("POST", `${auth}/verify-email`, { token })).status, 200);
    assert.equal((await signIn(browser, "FIRST@example.com")).status, 200);
  });

  test("answers somebody else's address as any other, and tells its owner", async () => {
    await givenUser(site, "known@example.com", "Ann");
    const stranger = visitor(site, "203.0.113.9");
    const body = { name: "Eve", password: "eve's own password" };
    const known = await stranger.ask("POST", `${auth}/sign-up`, { ...body, email: "known@example.com" });
    const fresh = await stranger.ask("POST", `${auth}/sign-up`, { ...body, email: "fresh@example.com" });
    assert.deepEqual([known.status, known.body], [fresh.status, fresh.body]);
    assert.deepEqual(Object.keys(known.headers).sort(), Object.keys(fresh.headers).sort());
    assert.deepEqual(await usersOf("known@example.com"), [{ name: "Ann", emailVerified: true }]);
    assert.equal((await site.letters("known@example.com")).at(-1)?.kind, "account_known");
    assert.equal((await signIn(stranger, "known@example.com", "eve's own password")).status, 401);
  });

  test("makes one account of two who sign up at once, and tells neither", async () => {
    const [one, other] = [visitor(site), visitor(site)];
    const body = { name: "Ann", email: "twice@example.com", password };
    const answers = await Promise.all([one, other].map((each) => each.ask("POST", `${auth}/sign-up`, body)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [202, 202],
    );
    assert.equal((await usersOf("twice@example.com")).length, 1);
  });

  for (const [wrong, body] of [
    ["no address", { name: "Ann", email: "nobody", password }],
    ["an address of 5,000 characters", { name: "Ann", email: `${"a".repeat(5_000)}@example.com`, password }],
    ["a short password", { name: "Ann", email: "x@example.com", password: "seven77" }],
    ["a long password", { name: "Ann", email: "x@example.com", password: "x".repeat(129) }],
    ["an empty name", { name: "  ", email: "x@example.com", password }],
    ["a name with a line break", { name: "Ann\r\nBcc: eve@example.com", email: "x@example.com", password }],
    ["a field too many", { name: "Ann", email: "x@example.com", password, role: "owner" }],
    ["a proof of its own", { name: "Ann", email: "x@example.com", password, emailVerified: true }],
    ["no password", { name: "Ann", email: "x@example.com" }],
    ["a number for a name", { name: 7, email: "x@example.com", password }],
    ["a null", { name: "Ann", email: null, password }],
  ] as const) {
    test(`refuses ${wrong} and makes nothing`, async () => {
      const answer = await visitor(site).ask("POST", `${auth}/sign-up`, body);
      assert.deepEqual([answer.status, answer.code], [422, "http.invalid_input"], answer.body);
      assert.deepEqual(await usersOf("x@example.com"), []);
    });
  }
});

describe("a link of a letter", () => {
  test("changes nothing when it is opened, however often a mail program looks at it", async () => {
    const browser = visitor(site);
    await browser.ask("POST", `${auth}/sign-up`, { name: "Ann", email: "prefetched@example.com", password });
    const [letter] = await site.letters("prefetched@example.com");
    for (const path of [letter?.path ?? "", letter?.path.split("#")[0] ?? ""]) {
      const opened = await browser.ask("GET", path.split("#")[0] ?? "");
      assert.equal(opened.status, 200);
      assert.match(opened.body, /<form data-step="verify" hidden>/);
    }
    const token = await tokenTo(site, "prefetched@example.com", "account_verification");
    const got = await browser.ask("GET", `${auth}/verify-email?token=${token}`);
    assert.equal(got.status, 405);
    assert.deepEqual(await usersOf("prefetched@example.com"), [{ name: "Ann", emailVerified: false }]);
  });

  test("does not open another account, nor one after it is over", async () => {
    const browser = visitor(site);
    for (const token of ["x", "a.b.c", "x".repeat(2_048)]) {
      const answer = await browser.ask("POST", `${auth}/verify-email`, { token });
      assert.deepEqual([answer.status, answer.code], [422, "identity.link_invalid"]);
    }
    const forged = await browser.ask("POST", `${auth}/verify-email`, { token: "x".repeat(2_049) });
    assert.equal(forged.status, 422);
  });
});

describe("resetting a password", () => {
  test("sets another one once, proves the address and ends every session", async () => {
    const email = "forgetful@example.com";
    const signedIn = await givenSignedIn(site, email);
    const browser = visitor(site);
    assert.equal((await browser.ask("POST", `${auth}/request-password-reset`, { email })).status, 202);
    const token = await tokenTo(site, email, "account_reset");
    const word = "another password altogether";
    assert.equal((await browser.ask("POST", `${auth}/reset-password`, { token, password: word })).status, 200);
    const again = await browser.ask("POST", `${auth}/reset-password`, { token, password: "a third one for eve" });
    assert.deepEqual([again.status, again.code], [422, "identity.link_invalid"]);
    assert.equal((await signedIn.ask("GET", `${auth}/organizations`)).status, 401);
    assert.equal((await signIn(browser, email)).status, 401);
    assert.equal((await signIn(browser, email, word)).status, 200);
  });

  test("takes one of two who use the link at once", async () => {
    const email = "raced@example.com";
    await givenUser(site, email);
    const browser = visitor(site);
    await browser.ask("POST", `${auth}/request-password-reset`, { email });
    const token = await tokenTo(site, email, "account_reset");
    const answers = await Promise.all(
      ["the first password", "the second password"].map((word) =>
        visitor(site).ask("POST", `${auth}/reset-password`, { token, password: word }),
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 422]);
  });

  test("answers an unknown address as a known one, and writes nobody a letter", async () => {
    await givenUser(site, "there@example.com");
    const browser = visitor(site);
    const known = await browser.ask("POST", `${auth}/request-password-reset`, { email: "there@example.com" });
    const unknown = await browser.ask("POST", `${auth}/request-password-reset`, { email: "absent@example.com" });
    assert.deepEqual([known.status, known.body], [unknown.status, unknown.body]);
    assert.deepEqual(Object.keys(known.headers).sort(), Object.keys(unknown.headers).sort());
    assert.deepEqual(await site.letters("absent@example.com"), []);
  });

  test("fills nobody's mailbox", async () => {
    const beside = await accountSite({ beside: site });
    const email = "bombed@example.com";
    const statuses: number[] = [];
    for (let count = 0; count < 8; count += 1) {
      // Every other one goes to another process, which counts in the same place.
      const browser = visitor(count % 2 === 0 ? site : beside, `198.51.100.${count}`);
      statuses.push((await browser.ask("POST", `${auth}/request-password-reset`, { email })).status);
    }
    assert.deepEqual(statuses, [202, 202, 202, 202, 202, 202, 429, 429]);
    beside.time.aheadMs = hourMs;
    const later = visitor(beside, "198.51.100.99");
    assert.equal((await later.ask("POST", `${auth}/request-password-reset`, { email })).status, 202);
  });
});

describe("the routes of accounts", () => {
  const body = JSON.stringify({ email: "a@example.com", password: "x" });
  for (const type of [
    " application/json",
    "application/json\ta",
    "Application/JSON",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "",
  ]) {
    test(`look at what they are sent as ${JSON.stringify(type)}, or take none of it`, async () => {
      const sent = await site.app.inject({
        method: "POST",
        url: `${auth}/sign-in`,
        headers: { "content-type": type },
        payload: body.replace('"x"', "7"),
      });
      assert.ok([400, 415, 422].includes(sent.statusCode), `${sent.statusCode} ${sent.body}`);
    });
  }

  for (const [from, headers] of [
    ["a page of another site", { origin: "https://evil.example", host: "shop.example" }],
    ["no page that can be named", { origin: "null", host: "shop.example" }],
    ["another site, as the browser says", { "sec-fetch-site": "cross-site" }],
    ["another host of the same site", { "sec-fetch-site": "same-site" }],
  ] as const) {
    test(`refuse a write from ${from}`, async () => {
      const browser = visitor(site);
      for (const path of [
        "sign-in",
        "sign-up",
        "sign-out",
        "verify-email",
        "request-password-reset",
        "reset-password",
        "setup-owner",
        "change-password",
        "organizations",
      ]) {
        const answer = await browser.ask("POST", `${auth}/${path}`, {}, headers);
        assert.deepEqual([answer.status, answer.code], [403, "http.cross_site"], path);
      }
    });
  }

  for (const text of [
    '{"email":"a@example.com","email":"b@example.com","password":"x"}',
    '{"email":',
    "[]",
    "null",
    '"x"',
    `{"email":"a@example.com","password":"\\ud800"}`,
  ]) {
    test(`read strictly: ${text.slice(0, 40)}`, async () => {
      const headers = { "content-type": "application/json" };
      const answer = await site.app.inject({ method: "POST", url: `${auth}/sign-in`, headers, payload: text });
      assert.ok([400, 422].includes(answer.statusCode), `${answer.statusCode} ${answer.body}`);
    });
  }

  test("say in their description that they take no Idempotency-Key where they keep no answer", async () => {
    const described = (await site.app.inject({ url: "/openapi.json" })).json<{
      paths: Record<string, Record<string, { parameters?: { $ref?: string }[] }>>;
    }>();
    const keyed = (path: string, method: string) =>
      (described.paths[path]?.[method]?.parameters ?? []).some(({ $ref }) => $ref?.endsWith("IdempotencyKey"));
    assert.equal(keyed(`${auth}/sign-in`, "post"), false);
    assert.equal(keyed(`${auth}/profile`, "patch"), true);
    assert.equal(keyed(`${auth}/organizations`, "post"), true);
  });
});
