import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { audit } from "../support/audit-page.ts";
import { findBrowser, noBrowser, openPage, type Page } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { linkInLetter } from "../support/link-in-letter.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";
import {
  type GivenProduct,
  givenCheckout,
  givenProduct,
  givenTaxRate,
  onPage,
  openStoreClient,
  type ShownOrder,
  someBilling,
} from "../support/store-client.ts";

const browser = findBrowser();
const skip = browser === undefined ? noBrowser : false;
const received = "Your order has been received and will be processed shortly.";
const windows = [
  { width: 360, height: 740 },
  { width: 360, height: 740, dark: true },
  { width: 1000, height: 800 },
  { width: 1000, height: 800, dark: true },
];
const mostTabs = 12;

async function shows(page: Page, text: string): Promise<void> {
  await eventually(`the page shows "${text}"`, async () =>
    String(await page.evaluate("document.body?.innerText ?? ''")).includes(text),
  );
}

/** Goes to something with the keyboard alone, as far as it takes, and presses it. */
async function press(page: Page, text: string): Promise<void> {
  for (let tabs = 0; tabs < mostTabs; tabs += 1) {
    await page.press("Tab");
    if ((await page.evaluate("document.activeElement.textContent.trim()")) === text) return page.press("Enter");
  }
  throw new Error(`"${text}" cannot be reached by keyboard.`);
}

/** What is wrong with the page in any window, in light and in dark. */
async function faultsOf(page: Page): Promise<unknown[]> {
  const faults: unknown[] = [];
  for (const window of windows) {
    await page.look(window);
    const found = await page.evaluate(audit);
    if (found !== "") faults.push([window, found]);
  }
  return faults;
}

describe("in a browser, a shopper", { skip }, () => {
  let site: Site;
  let server: ServingProcess;
  let tea: GivenProduct;

  before(async () => {
    site = await givenSite();
    server = await startServing(site);
    await givenTaxRate(server);
    tea = await givenProduct(server);
  });

  /** Fills a cart and orders it in the browser, as a shop's page does, and goes where it is paid. */
  async function orderIn(page: Page): Promise<ShownOrder> {
    const order = (await page.evaluate(`(async () => {
      const send = async (path, body) => (await fetch("/api/store/" + path, {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
      })).json();
      const { cart_id, total_amount } = await send("cart/lines", { price_id: "${tea.priceId}", quantity: 2 });
      return send("checkout", { cart_id, total_amount, billing: ${JSON.stringify(someBilling)} });
    })()`)) as ShownOrder;
    await page.navigate(order.payment?.url ?? "");
    await shows(page, order.number);
    return order;
  }

  const open = async () => {
    const page = await openPage(browser ?? "", `${server.address}/sign-in`);
    await shows(page, "Sign in");
    return page;
  };

  /** Nobody else was asked, and nothing was complained of. */
  function assertQuiet(page: Page): void {
    const others = page.requests.filter((url) => !url.startsWith(`${server.address}/`) && !url.startsWith("data:"));
    assert.deepEqual([others, page.complaints], [[], []]);
  }

  test("pays with the keyboard alone, and comes to the order", async () => {
    const page = await open();
    const order = await orderIn(page);
    await shows(page, "¥2,592");
    await press(page, "Pay");
    await shows(page, received);
    assert.equal(await page.evaluate("location.href"), `${server.address}/orders/${order.id}`);
    assert.equal(await page.evaluate("document.querySelector('[aria-current=step]').textContent"), "Received");
    assert.equal(await page.evaluate("document.querySelector('[role=status]').textContent"), received);
    assertQuiet(page);
    await page.close();
  });

  test("whose card is declined pays again, on a page of its own", async () => {
    const page = await open();
    const order = await orderIn(page);
    await press(page, "The card is declined");
    await shows(page, "The payment did not go through. You can try again.");
    await press(page, "Pay now");
    await shows(page, "Sandbox payment");
    assert.notEqual(await page.evaluate("location.href"), order.payment?.url);
    await press(page, "Pay");
    await shows(page, received);
    assertQuiet(page);
    await page.close();
  });

  test("is asked by the bank, says no, and then yes", async () => {
    const page = await open();
    await orderIn(page);
    await press(page, "3-D Secure: the bank asks");
    await shows(page, "Your bank asks");
    assert.equal(await page.evaluate("document.activeElement.id"), "step-title");
    assert.deepEqual(await faultsOf(page), []);
    await press(page, "No");
    await shows(page, "The payment did not go through.");
    await press(page, "Pay now");
    await shows(page, "Sandbox payment");
    await press(page, "3-D Secure: the bank asks");
    await press(page, "Yes, it is me");
    await shows(page, received);
    assertQuiet(page);
    await page.close();
  });

  test("who closes the tab finds the way back to the page", async () => {
    const page = await open();
    const order = await orderIn(page);
    await press(page, "Back without paying");
    await shows(page, "Waiting for your payment");
    await press(page, "Go to the payment page");
    await shows(page, "Sandbox payment");
    assert.equal(await page.evaluate("location.href"), order.payment?.url);
    assertQuiet(page);
    await page.close();
  });

  test("opens the link of the mail on another device, and the address forgets its key", async () => {
    const client = openStoreClient(server);
    const order = await givenCheckout(client, tea.priceId);
    assert.equal((await onPage(server, order)).status, 200);
    const key = await linkInLetter(site.db, order);
    const page = await openPage(browser ?? "", `${server.address}/orders/${order.id}#key=${key}`);
    await shows(page, received);
    assert.equal(await page.evaluate("location.href"), `${server.address}/orders/${order.id}`);
    assert.deepEqual(await faultsOf(page), []);
    assertQuiet(page);
    await page.close();
  });

  test("sees pages that hold on a phone and in the dark, whatever becomes of the payment", async () => {
    const client = openStoreClient(server);
    const order = await givenCheckout(client, tea.priceId);
    const page = await openPage(browser ?? "", order.payment?.url ?? "");
    await shows(page, "Or try what else can happen");
    assert.deepEqual(await faultsOf(page), []);
    assert.equal((await onPage(server, order, "decline")).status, 200);
    await page.navigate(order.payment?.url ?? "");
    await shows(page, "This page was used already.");
    assert.deepEqual(await faultsOf(page), []);
    for (const [path, text] of [
      ["/sandbox/pay/cs_of_nobody", "There is no such payment page."],
      [`/orders/${order.id}`, "No order is here"],
    ] as const) {
      await page.navigate(`${server.address}${path}`);
      await shows(page, text);
      assert.deepEqual(await faultsOf(page), [], path);
    }
    await page.close();
  });
});

describe("a page with faults", { skip }, () => {
  test("is caught: words that are hard to read, and more than fits a phone", async () => {
    const page = await openPage(browser ?? "", "data:text/html,<title>x</title>");
    await page.look({ width: 360, height: 740 });
    const body = `<main><h1>x</h1><p style="color:%23aaa">grey</p><p style="width:500px">wide</p><a href="/"></a></main>`;
    await page.navigate(
      `data:text/html,<html lang="en"><title>x</title><meta name=viewport content="width=device-width">${body}`,
    );
    await shows(page, "wide");
    const found = String(await page.evaluate(audit));
    for (const rule of ["color-contrast", "reflow"]) assert.match(found, new RegExp(rule));
    await page.close();
  });
});
