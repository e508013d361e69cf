import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accountSite, givenSignedIn, givenUser, signIn, visitor } from "../../test/support/given-accounts.ts";
import { anonymousCookie, anonymousOwner, readAnonymous } from "./anonymous.ts";
import { sessionCookie } from "./session.ts";

const cart = "/api/store/cart";
const secret = "a secret of these tests, long enough for anybody";

function away(): Error {
  return Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
}

describe("whoever shops", () => {
  test("is the same visitor at every request, and writes no row before the first write", async () => {
    const site = await accountSite();
    const browser = visitor(site);
    assert.equal((await browser.ask("GET", cart)).json<{ owner: null }>().owner, null);
    assert.equal(browser.cookies.size, 0);
    const { owner } = (await browser.ask("POST", cart)).json<{ owner: string }>();
    assert.equal((await browser.ask("GET", cart)).json<{ owner: string }>().owner, owner);
    const token = readAnonymous(browser.cookies.get(anonymousCookie) ?? "", secret);
    assert.equal(owner, anonymousOwner(token ?? ""));
  });

  test("is the user from the request on that brings a session and a visitor's cookie, whenever that is", async () => {
    const merged: object[] = [];
    const site = await accountSite({ onSignedIn: async (found) => void merged.push(found) });
    const browser = await givenSignedIn(site, "late@example.com");
    assert.deepEqual(merged, []);
    const other = visitor(site);
    const { owner } = (await other.ask("POST", cart)).json<{ owner: string }>();
    browser.cookies.set(anonymousCookie, other.cookies.get(anonymousCookie) ?? "");
    const user = (await browser.ask("GET", cart)).json<{ owner: string }>().owner;
    assert.deepEqual(merged, [{ anonymousOwner: owner, userId: user.replace("user/", "") }]);
    assert.equal(browser.cookies.get(anonymousCookie), undefined);
    await browser.ask("GET", cart);
    assert.equal(merged.length, 1);
  });

  test("keeps the visitor's cookie when the merge fails, and merges at the next request", async () => {
    let broken = true;
    const merged: object[] = [];
    const site = await accountSite({
      onSignedIn: async (found) => {
        if (broken) throw away();
        merged.push(found);
      },
    });
    const browser = await givenUser(site, "unlucky@example.com");
    await browser.ask("POST", cart);
    const refused = await signIn(browser, "unlucky@example.com");
    assert.equal(refused.status, 503);
    assert.ok(browser.cookies.get(anonymousCookie));
    assert.equal(browser.cookies.get(sessionCookie), undefined);
    broken = false;
    assert.equal((await signIn(browser, "unlucky@example.com")).status, 200);
    assert.equal(merged.length, 1);
    assert.equal(browser.cookies.get(anonymousCookie), undefined);
  });

  test("is answered 503 and keeps both cookies when a later merge fails", async () => {
    let broken = false;
    const site = await accountSite({
      onSignedIn: async () => {
        if (broken) throw away();
      },
    });
    const browser = await givenSignedIn(site, "later@example.com");
    const other = visitor(site);
    await other.ask("POST", cart);
    browser.cookies.set(anonymousCookie, other.cookies.get(anonymousCookie) ?? "");
    broken = true;
    assert.equal((await browser.ask("GET", cart)).status, 503);
    assert.ok(browser.cookies.get(anonymousCookie) && browser.cookies.get(sessionCookie));
    broken = false;
    assert.equal((await browser.ask("GET", cart)).status, 200);
    assert.equal(browser.cookies.get(anonymousCookie), undefined);
  });

  test("is one user after five sign-ins at once, and the old cookie owns nothing", async () => {
    const site = await accountSite();
    const browser = await givenUser(site, "five@example.com");
    await browser.ask("POST", cart);
    const kept = browser.cookies.get(anonymousCookie) ?? "";
    const tabs = Array.from({ length: 5 }, () => {
      const tab = visitor(site);
      tab.cookies.set(anonymousCookie, kept);
      return tab;
    });
    const answers = await Promise.all(tabs.map((tab) => signIn(tab, "five@example.com")));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 200],
    );
    assert.ok(tabs.every((tab) => tab.cookies.get(anonymousCookie) === undefined));
    const thief = visitor(site);
    thief.cookies.set(anonymousCookie, kept);
    assert.equal((await thief.ask("GET", cart)).json<{ owner: null }>().owner, null);
  });
});
