import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { audit } from "../support/audit-page.ts";
import { findBrowser, noBrowser, openPage, type Page } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { givenSite, type ServingProcess, startServing } from "../support/serve.ts";

const browser = findBrowser();
const skip = browser === undefined ? noBrowser : false;
const password = "correct horse battery";

/** Types into the field that has the focus, and goes on with the keyboard alone. */
function typed(id: string, value: string): string {
  return `(() => {
    const input = [...document.querySelectorAll("#${id}")].find((one) => one.getClientRects().length > 0);
    input.focus();
    input.value = ${JSON.stringify(value)};
    return document.activeElement === input;
  })()`;
}

const submitted = `document.activeElement.form.requestSubmit()`;

async function says(page: Page, text: string): Promise<void> {
  await eventually(`the page says "${text}"`, async () =>
    String(await page.evaluate("document.body?.innerText ?? ''")).includes(text),
  );
}

/** The words of a page are there before what it does: then its first field has the focus. */
async function untilReady(page: Page): Promise<void> {
  await eventually(
    "the first field has the focus",
    async () => (await page.evaluate("document.activeElement.id")) === "name",
  );
}

describe("the pages of accounts, in a browser,", { skip }, () => {
  let server: ServingProcess;
  let setup: string;

  before(async () => {
    server = await startServing(await givenSite());
    setup = server.setupLink ?? "";
  });

  const open = (path: string) => openPage(browser ?? "", `${server.address}${path}`);

  test("ask nobody else, complain of nothing, and owe nothing to whoever uses them", async () => {
    for (const path of [
      "/setup#token=x",
      "/sign-in",
      "/account/verify#token=x",
      "/account/reset#token=x",
      "/account/reset",
      "/account/invitation#invitation=x",
      "/account/verify",
    ]) {
      const page = await open(path);
      await eventually(`${path} is there`, async () => (await page.evaluate("document.readyState")) === "complete");
      await eventually(`${path} offers something`, async () =>
        Boolean(
          await page.evaluate(
            "[...document.forms].some((form) => !form.hidden) || document.querySelector('#status.wrong')",
          ),
        ),
      );
      assert.equal(await page.evaluate(audit), "", path);
      assert.equal(await page.evaluate("location.hash"), "", `${path} keeps what opens something in its address`);
      const strangers = page.requests.filter(
        (url) => !url.startsWith(`${server.address}/`) && !/^(data|blob|about):/.test(url),
      );
      assert.deepEqual([...strangers, ...page.complaints], []);
      await page.close();
    }
  });

  test("let the first owner in, who can sign out and in again", async () => {
    const page = await openPage(browser ?? "", setup);
    await says(page, "Whoever holds this link becomes the owner");
    await untilReady(page);
    for (const [id, value] of [
      ["name", "Olga"],
      ["email", "olga@example.com"],
      ["password", password],
    ] as const) {
      assert.equal(await page.evaluate(typed(id, value)), true);
    }
    await page.evaluate(submitted);
    await says(page, "Welcome, Olga. You are the owner, and signed in.");
    assert.equal(await page.evaluate("document.cookie"), "");
    await page.evaluate("location.href = '/sign-in'");
    await says(page, "You are signed in as Olga.");
    await page.evaluate("document.querySelector('form[data-step=sign-out] button').click()");
    await says(page, "You are signed out.");
    await page.evaluate("location.reload()");
    await eventually("the form is offered", async () =>
      Boolean(await page.evaluate("document.querySelector('form[data-step=sign-in]')?.hidden === false")),
    );
    await page.evaluate(typed("email", "olga@example.com"));
    await page.evaluate(typed("password", "not the password"));
    await page.evaluate(submitted);
    await says(page, "No account has this address and this password.");
    await page.evaluate(typed("password", password));
    await page.evaluate(submitted);
    await says(page, "Welcome, Olga. You are signed in.");
    await page.close();
  });

  test("say what is wrong where it is wrong, and that a link was used", async () => {
    const page = await openPage(browser ?? "", setup);
    await says(page, "Whoever holds this link");
    await untilReady(page);
    for (const [id, value] of [
      ["name", "Eve"],
      ["email", "eve@example.com"],
      ["password", password],
    ] as const) {
      await page.evaluate(typed(id, value));
    }
    await page.evaluate(submitted);
    await says(page, "This link was used");
    await page.evaluate(typed("name", "   "));
    await page.evaluate(submitted);
    await eventually("the field is marked", async () =>
      Boolean(await page.evaluate("document.getElementById('name').getAttribute('aria-invalid') === 'true'")),
    );
    assert.equal(await page.evaluate("document.activeElement.id"), "name");
    await page.close();
  });
});
