import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { findBrowser, noBrowser, openPage, type Page } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { givenSite, type ServingProcess, startServing } from "../support/serve.ts";

const browser = findBrowser();
const skip = browser === undefined ? noBrowser : false;

/** What a page asked of others than those that it may ask, and what it complained of. */
function strangers({ requests, complaints }: Page, origin: string): string[] {
  const own = (url: string) => url.startsWith(`${origin}/`) || /^(data|blob|about):/.test(url);
  return [...requests.filter((url) => !own(url)), ...complaints];
}

async function shows(page: Page, text: string): Promise<void> {
  await eventually(`the page shows "${text}"`, async () =>
    String(await page.evaluate("document.body?.innerText ?? ''")).includes(text),
  );
  // Letters are fetched when something is drawn with them.
  await page.evaluate("document.fonts.ready.then(() => true)");
}

describe("in a browser,", { skip }, () => {
  let server: ServingProcess;

  before(async () => {
    server = await startServing(await givenSite());
  });

  test("/docs shows the operations, and asks nobody else", async () => {
    const page = await openPage(browser ?? "", `${server.address}/docs`);
    await shows(page, "See a picture whole");
    assert.ok(page.requests.some((url) => url.endsWith("/openapi.json")));
    assert.deepEqual(strangers(page, server.address), []);
    await page.close();
  });

  test("/mails shows the mail of an order, and asks nobody else", async () => {
    const items = [{ product_name: "Tea", quantity: 1, unit_price: 5 }];
    const body = { customer_email: "ann@example.com", customer_name: "Ann", items, currency: "USD" };
    assert.equal((await server.send("POST", "/api/v1/orders/", { body })).status, 201);
    await eventually("the mail is there", async () =>
      (await server.send("GET", "/api/v2/mails")).text.includes("ann@example.com"),
    );
    const page = await openPage(browser ?? "", `${server.address}/mails#key=${server.apiKey}`);
    await shows(page, "ann@example.com");
    assert.deepEqual(strangers(page, server.address), []);
    await page.close();
  });

  test("a page that asks another host, or may not, is caught", async () => {
    const other = createServer((_, response) => response.end());
    const own = createServer((request, response) => {
      const { port } = other.address() as AddressInfo;
      if (request.url === "/strict") response.setHeader("content-security-policy", "default-src 'self'");
      response.setHeader("content-type", "text/html");
      response.end(`<title>Bad</title><p>Here</p><script src="http://127.0.0.1:${port}/x.js"></script>`);
    });
    for (const one of [other, own]) await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
    after(() => {
      for (const one of [other, own]) one.close();
    });
    const origin = `http://127.0.0.1:${(own.address() as AddressInfo).port}`;
    for (const path of ["/lax", "/strict"]) {
      const page = await openPage(browser ?? "", `${origin}${path}`);
      await shows(page, "Here");
      await eventually(`${path} is caught`, () => strangers(page, origin).length > 0);
      await page.close();
    }
  });
});
