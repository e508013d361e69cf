import assert from "node:assert/strict";
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { noon } from "../../test/support/given-orders.ts";
import { givenNoise, givenPixels, givenPng } from "../../test/support/given-pictures.ts";
import { givenPrice, givenProduct } from "../../test/support/given-products.ts";
import { givenSetupSite, type SetupSite } from "../../test/support/given-setup.ts";
import type { SetupReport } from "./setup-products-flow.ts";

const later = new Date(noon.getTime() + 86_400_000);
const yen = { interval: "ONE_OFF", unit_amount: 1800 };
const dollars = { interval: "ONE_OFF", unit_amount: 1250, currency: "USD" };

interface Entry {
  readonly key: string;
  readonly [member: string]: unknown;
}

function goods(...entries: Entry[]): { readonly ONE_OFF_PRODUCTS_AVAILABLE: Entry[] } {
  const usual = { tax_code: "food", pricing: [yen, dollars], translation: { en: { name: "Tea" } } };
  return { ONE_OFF_PRODUCTS_AVAILABLE: entries.map((entry) => ({ ...usual, ...entry })) };
}

/** What became of things, but for what is as it was. */
function told({ steps }: SetupReport): string[] {
  return steps
    .filter(({ outcome }) => outcome !== "unchanged")
    .map(({ what, product, name, outcome }) => [product, what, name, outcome].filter((word) => word).join(" "));
}

describe("setUpProducts", () => {
  let site: SetupSite;
  before(async () => {
    site = await givenSetupSite();
    await site.write("images/tea.png", await givenPng({ width: 200, height: 100 }));
    await site.write("images/back.png", await givenPng());
  });

  const images = [{ image_path: "images/tea.png", title: "Front" }, { image_path: "images/back.png" }];
  const tax_rates = [{ name: "VAT", percentage: 20, country: "GB", inclusive: true }];
  const whole = () => ({
    ...goods({ key: "tea", shippable: true, images }, { key: "pot", provider: "kiosk" }),
    tax_rates,
  });

  test("makes what a file describes, in its order, and then has nothing to do", async () => {
    const report = await site.setUp(whole());
    assert.deepEqual(told(report), [
      "tea product created",
      "tea price JPY, once created",
      "tea price USD, once created",
      "tea translation en created",
      "tea image images/tea.png created",
      "tea image images/back.png created",
      "pot product created",
      "pot price JPY, once created",
      "pot price USD, once created",
      "pot translation en created",
      "tax_rate GB, everything, from 1970-01-01 created",
    ]);
    const products = await ask(
      site.db,
      "select key, sku, provider_id, shippable, active from catalog.products order by product_id",
    );
    assert.deepEqual(products, [
      { key: "tea", sku: "tea", providerId: "own", shippable: true, active: true },
      { key: "pot", sku: "pot", providerId: "kiosk", shippable: false, active: true },
    ]);
    const pictures = await ask(
      site.db,
      "select title, sort_order, width from catalog.product_images order by sort_order",
    );
    assert.deepEqual(pictures, [
      { title: "Front", sortOrder: 0, width: 200 },
      { title: "", sortOrder: 1, width: 40 },
    ]);
    assert.equal(await site.keptFiles(), 6);

    const rows = await site.rows();
    const again = await site.setUp(whole(), { now: later });
    assert.deepEqual(told(again), []);
    assert.equal(again.steps.length, report.steps.length);
    assert.equal(await site.rows(), rows);
    assert.equal(await site.keptFiles(), 6);
    const entries = await ask(site.db, "select action, detail from audit.entries");
    assert.deepEqual(
      entries.map(({ action }) => action),
      ["catalog.set_up"],
    );
  });

  test("changes what differs, and nothing else", async () => {
    const rows = await ask(site.db, "select product_id, updated_at from catalog.products where key = 'pot'");
    const [tea, pot] = whole().ONE_OFF_PRODUCTS_AVAILABLE as [Entry, Entry];
    const report = await site.setUp(
      {
        ONE_OFF_PRODUCTS_AVAILABLE: [
          {
            ...tea,
            sku: "TEA-1",
            pricing: [{ ...yen, unit_amount: 1900 }, dollars],
            translation: { en: { name: "Green tea" }, ja: { name: "お茶" } },
          },
          pot,
        ],
        tax_rates: [{ ...tax_rates[0], percentage: "17.5" }],
      },
      { now: later },
    );
    const changed = report.steps.filter(({ outcome }) => outcome !== "unchanged");
    assert.deepEqual(
      changed.map(({ what, name, outcome, changes }) => [what, name, outcome, changes]),
      [
        ["product", "", "changed", { sku: ["tea", "TEA-1"] }],
        ["price", "JPY, once", "changed", { unitAmountMinor: ["1800", "1900"] }],
        ["translation", "en", "changed", { name: ["Tea", "Green tea"] }],
        ["translation", "ja", "created", {}],
        ["tax_rate", "GB, everything, from 1970-01-01", "changed", { rateMillionths: [200_000, 175_000] }],
      ],
    );
    assert.deepEqual(await ask(site.db, "select product_id, updated_at from catalog.products where key = 'pot'"), rows);
    const prices = await ask(
      site.db,
      "select currency, unit_amount_minor::int as amount, prices.updated_at from catalog.prices join catalog.products using (product_id) where key = 'tea' order by currency",
    );
    assert.deepEqual(prices, [
      { currency: "JPY", amount: 1900, updatedAt: later },
      { currency: "USD", amount: 1250, updatedAt: noon },
    ]);
  });

  test("says what a dry run would do, and does nothing", async () => {
    await site.write("images/new.png", await givenPng());
    const rows = await site.rows();
    const files = await site.keptFiles();
    const asked = goods({ key: "tea", pricing: [] }, { key: "dry", images: [{ image_path: "images/new.png" }] });
    const report = await site.setUp(asked, { dryRun: true });
    assert.ok(told(report).includes("dry image images/new.png created"));
    assert.ok(told(report).includes("tea price JPY, once deactivated"));
    assert.equal(await site.rows(), rows);
    assert.equal(await site.keptFiles(), files);
  });
});

describe("what a file no longer describes", () => {
  test("is not sold any more where it is a price, and again when it comes back", async () => {
    const site = await givenSetupSite();
    await site.setUp(goods({ key: "tea" }));
    assert.deepEqual(told(await site.setUp(goods({ key: "tea", pricing: [dollars] }))), [
      "tea price JPY, once deactivated",
    ]);
    assert.deepEqual(told(await site.setUp(goods({ key: "tea", pricing: [dollars] }))), []);
    const back = await site.setUp(goods({ key: "tea", pricing: [{ ...yen, unit_amount: 2000 }, dollars] }));
    assert.deepEqual(
      back.steps.filter(({ outcome }) => outcome === "changed").map(({ changes }) => changes),
      [{ unitAmountMinor: ["1800", "2000"], active: [false, true] }],
    );
    assert.equal((await ask(site.db, "select 1 from catalog.prices")).length, 2);
  });

  test("is left alone where it is a price for a while, a language, a product or a tax rate", async () => {
    const site = await givenSetupSite();
    await site.db.transaction(async (tx) => {
      await givenProduct(tx, { key: "other" });
      await givenProduct(tx, { key: "tea" });
      await givenPrice(tx, "tea", { currency: "JPY", validUntil: later });
    });
    await site.setUp({
      ...goods({ key: "tea", translation: { en: { name: "Tea" }, ja: { name: "お茶" } } }),
      tax_rates: [{ name: "VAT", percentage: 20, country: "GB", inclusive: true }],
    });
    const rows = await ask(site.db, "select price_id, active from catalog.prices order by price_id");
    const report = await site.setUp({ ...goods({ key: "tea" }), tax_rates: [] });
    assert.deepEqual(told(report), ["tea translation ja left"]);
    assert.deepEqual(report.others, ["other"]);
    assert.deepEqual(await ask(site.db, "select price_id, active from catalog.prices order by price_id"), rows);
    assert.equal(rows.length, 3);
    assert.equal((await ask(site.db, "select 1 from catalog.tax_rates")).length, 1);
  });

  test("is removed where it is a picture, and its files go by a job; without a list of pictures all stay", async () => {
    const site = await givenSetupSite();
    await site.write("a.png", await givenPng());
    await site.write("b.png", await givenPng());
    const both = [
      { image_path: "a.png", title: "A" },
      { image_path: "b.png", title: "B" },
    ];
    await site.setUp(goods({ key: "tea", images: both }));
    assert.deepEqual(told(await site.setUp(goods({ key: "tea" }))), []);
    const turned = await site.setUp(goods({ key: "tea", images: both.toReversed() }));
    assert.deepEqual(told(turned), ["tea image b.png changed", "tea image a.png changed"]);
    await site.write("a.png", await givenPng());
    const drawn = await site.setUp(goods({ key: "tea", images: [both[0]] }));
    assert.deepEqual(told(drawn), ["tea image a.png created", "tea image B removed", "tea image A removed"]);
    assert.deepEqual(
      (await ask(site.db, "select title from catalog.product_images")).map(({ title }) => title),
      ["A"],
    );
    const jobs = await ask<{ payload: { imageIds: string[] } }>(
      site.db,
      "select payload from graphile_worker._private_jobs",
    );
    assert.deepEqual(
      jobs.map(({ payload }) => payload.imageIds.length),
      [2],
    );
  });

  test("keeps what was decided otherwise meanwhile, where the file says nothing of it", async () => {
    const site = await givenSetupSite();
    await site.setUp(goods({ key: "tea" }));
    await ask(site.db, "update catalog.products set active = false, provider_id = 'kiosk', sku = 'K-1'");
    assert.deepEqual(told(await site.setUp(goods({ key: "tea" }))), []);
    const report = await site.setUp(goods({ key: "tea", active: true }));
    assert.deepEqual(report.steps[0]?.changes, { active: [false, true] });
  });
});

describe("a file with mistakes", () => {
  let site: SetupSite;
  before(async () => {
    site = await givenSetupSite();
    await site.write("good.png", await givenPng());
    await site.write("same.png", await givenPixels({ colour: "#111111" }).png().toBuffer());
    await site.write("twin.png", await givenPixels({ colour: "#111111" }).png().toBuffer());
    await site.write("cut.jpg", (await givenNoise(60, 60).jpeg().toBuffer()).subarray(0, 900));
    await site.write("page.png", "<svg onload='alert(1)'/>");
    await site.write("large.png", Buffer.alloc(20_000_001));
  });

  test("has all of them told, those of its pictures and of what is there already too, and changes nothing", async () => {
    await site.db.transaction((tx) => givenProduct(tx, { key: "there", sku: "TAKEN" }));
    const rows = await site.rows();
    const paths = ["good.png", "none.png", "cut.jpg", "page.png", "large.png", "same.png", "twin.png"];
    const faults = await site.faultsOf(
      goods(
        { key: "tea", images: paths.map((image_path) => ({ image_path })) },
        { key: "pot", sku: "TAKEN" },
        { key: "cup", pricing: [{ ...yen, currency: "XXX" }] },
      ),
    );
    const list = "/ONE_OFF_PRODUCTS_AVAILABLE";
    assert.deepEqual(
      faults.map(([pointer]) => pointer),
      [
        ...[1, 2, 3, 4, 6].map((index) => `${list}/0/images/${index}/image_path`),
        `${list}/1/sku`,
        `${list}/2/pricing/0/currency`,
      ],
    );
    assert.deepEqual(faults.map(([, detail]) => detail).slice(0, 6), [
      "There is no file none.png.",
      "cut.jpg: The file begins as JPEG, and cannot be decoded to its end: it is cut off or damaged.",
      "page.png: The file is of a format that is not taken, or no picture at all. Send a picture: JPEG, PNG, WebP, AVIF or GIF.",
      "large.png has more than 20 MB.",
      "twin.png is the same picture as same.png.",
      "The product there has the SKU TAKEN.",
    ]);
    assert.equal(await site.rows(), rows);
    assert.equal(await site.keptFiles(), 0);
  });

  test("keeps none of the pictures that were good before the mistake was found", async () => {
    const faults = await site.faultsOf(
      goods({ key: "one", images: [{ image_path: "good.png" }] }, { key: "two", images: [{ image_path: "none.png" }] }),
    );
    assert.equal(faults.length, 1);
    assert.equal(await site.keptFiles(), 0);
  });

  test("reads no picture outside of its folder, by no way", async () => {
    await writeFile(join(site.folder, "..", "outside.png"), await givenPng());
    await symlink(join(site.folder, "..", "outside.png"), join(site.folder, "link.png"));
    await symlink("..", join(site.folder, "up"));
    await site.write("deep/x.png", await givenPng());
    const paths = [
      "../outside.png",
      "deep/../../outside.png",
      join(site.folder, "good.png"),
      "link.png",
      "up/outside.png",
      "deep",
      ".",
    ];
    const faults = await site.faultsOf(goods({ key: "tea", images: paths.map((image_path) => ({ image_path })) }));
    const outside = "leads out of the folder of the file that names it.";
    assert.deepEqual(
      faults.map(([, detail]) => detail),
      [
        `../outside.png ${outside}`,
        `deep/../../outside.png ${outside}`,
        `${join(site.folder, "good.png")} must be relative to the file that names it.`,
        `link.png ${outside}`,
        `up/outside.png ${outside}`,
        "deep is no file.",
        ". is no file.",
      ],
    );
  });

  test("is told what the product cannot be together with what it is already", async () => {
    await site.setUp(goods({ key: "sent", shippable: true }));
    const faults = await site.faultsOf(goods({ key: "sent", consumable: true }));
    assert.deepEqual(
      faults.map(([pointer]) => pointer),
      ["/ONE_OFF_PRODUCTS_AVAILABLE/0/consumable"],
    );
  });
});

describe("SKUs", () => {
  test("pass from one product of a file to another, and round in a circle", async () => {
    const site = await givenSetupSite();
    await site.setUp(goods({ key: "a", sku: "1" }, { key: "b", sku: "2" }, { key: "c", sku: "3" }));
    await site.setUp(goods({ key: "a", sku: "2" }, { key: "b", sku: "3" }, { key: "c", sku: "1" }));
    const skus = await ask(site.db, "select key, sku from catalog.products order by key");
    assert.deepEqual(
      skus.map(({ sku }) => sku),
      ["2", "3", "1"],
    );
    const faults = await site.faultsOf(goods({ key: "a", sku: "3" }, { key: "b" }));
    assert.deepEqual(faults, [["/ONE_OFF_PRODUCTS_AVAILABLE/1/key", "The product a has the SKU 3."]]);
  });
});

describe("two that set up at once", () => {
  test("make everything once", async () => {
    const site = await givenSetupSite();
    await site.write("tea.png", await givenPng());
    const file = goods({ key: "tea", images: [{ image_path: "tea.png" }] }, { key: "pot" });
    const reports = await Promise.all([1, 2, 3].map(() => site.setUp(file)));
    assert.deepEqual(reports.map((report) => told(report).length).sort(), [0, 0, 9]);
    const [counts] = await ask(
      site.db,
      "select (select count(*)::int from catalog.products) as products, (select count(*)::int from catalog.prices) as prices, (select count(*)::int from catalog.product_images) as images",
    );
    assert.deepEqual(counts, { products: 2, prices: 4, images: 1 });
    assert.equal(await site.keptFiles(), 3);
  });

  test("set up a thousand products in a few statements, and hundreds of changes as well", async () => {
    const site = await givenSetupSite();
    const many = (amount: number) =>
      goods(
        ...Array.from({ length: 1_000 }, (_, index) => ({
          key: `k-${index}`,
          pricing: [{ ...yen, unit_amount: amount }, dollars],
          translation: { en: { name: `Tea ${index}` }, ja: { name: `お茶 ${amount}` } },
        })),
      );
    await site.setUp(many(100));
    const report = await site.setUp(many(200), { now: later });
    assert.equal(told(report).length, 2_000);
    const [sums] = await ask(
      site.db,
      "select count(*)::int as count, sum(unit_amount_minor)::int as sum from catalog.prices where currency = 'JPY'",
    );
    assert.deepEqual(sums, { count: 1_000, sum: 200_000 });
    const keys = await ask(site.db, "select key from catalog.products order by product_id");
    assert.deepEqual(
      keys.map(({ key }) => key),
      Array.from({ length: 1_000 }, (_, index) => `k-${index}`),
    );
  });
});
