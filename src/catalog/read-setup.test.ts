import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readSetup } from "./read-setup.ts";

const words = { en: { name: "Tea" } };
const price = { interval: "ONE_OFF", unit_amount: 1800 };
const entry = { key: "tea", tax_code: "food", pricing: [price], translation: words };

function goods(...entries: unknown[]) {
  return readSetup({ ONE_OFF_PRODUCTS_AVAILABLE: entries }, "JPY");
}

async function faultsOf(value: unknown): Promise<[string, string][]> {
  return (await readSetup(value, "JPY")).faults.map(({ pointer, detail }) => [pointer, detail]);
}

async function faultsOfGoods(...entries: unknown[]): Promise<[string, string][]> {
  const faults = await faultsOf({ ONE_OFF_PRODUCTS_AVAILABLE: entries });
  return faults.map(([pointer, detail]) => [pointer.replace("/ONE_OFF_PRODUCTS_AVAILABLE", ""), detail]);
}

describe("the products of a file", () => {
  test("have the fields of BOB, in our words", async () => {
    const { products, faults, remarks } = await goods({
      key: "tea",
      images: [{ image_path: "images/tea.webp", title: "Tea" }, { image_path: "b.png" }],
      shippable: true,
      tax_code: "txcd_10103001",
      pricing: [price, { interval: "MONTH", interval_count: 3, unit_amount: 4250, currency: "KWD" }],
      translation: {
        en: { name: "Tea", checkout_description: "Green", description: "Very green", statement_descriptor: "SHOP" },
        "pt-br": { name: "Chá" },
      },
    });
    assert.deepEqual([faults, remarks], [[], []]);
    const pointer = "/ONE_OFF_PRODUCTS_AVAILABLE/0";
    assert.deepEqual(products, [
      {
        key: "tea",
        taxCode: "txcd_10103001",
        given: { shippable: true },
        prices: [
          { unitAmountMinor: 1800n, currency: "JPY", interval: "one_off", intervalCount: 1 },
          { unitAmountMinor: 4250n, currency: "KWD", interval: "month", intervalCount: 3 },
        ],
        translations: [
          {
            language: "en",
            name: "Tea",
            checkoutDescription: "Green",
            description: "Very green",
            statementDescriptor: "SHOP",
          },
          { language: "pt-BR", name: "Chá", checkoutDescription: "", description: "", statementDescriptor: "" },
        ],
        images: [
          { path: "images/tea.webp", title: "Tea", pointer: `${pointer}/images/0` },
          { path: "b.png", title: "", pointer: `${pointer}/images/1` },
        ],
        pointer,
      },
    ]);
  });

  test("have ours beside them, and what is left out is told from what is said", async () => {
    const given = { sku: "T-1", provider: "kiosk", shippable: false, consumable: true, active: false };
    const { products } = await goods({ ...entry, ...given }, { ...entry, key: "plain" });
    assert.deepEqual(
      products.map((one) => [one.given, one.images]),
      [
        [{ sku: "T-1", providerId: "kiosk", shippable: false, consumable: true, active: false }, undefined],
        [{}, undefined],
      ],
    );
  });

  test("cost in the currency of the file unless they say another", async () => {
    const file = { ONE_OFF_PRODUCTS_AVAILABLE: [entry], ISO_ALPHA_3_CURRENCY_CODE: "GBP" };
    const { products } = await readSetup(file, "JPY");
    assert.equal(products[0]?.prices[0]?.currency, "GBP");
  });

  test("that are subscriptions are paid again and again; what there is about trials is not used", async () => {
    const plan = { ...entry, key: "club", trial_period_days: 7, amount_of_free_subscriptions: 1 };
    const monthly = { ...plan, pricing: [{ interval: "MONTH", unit_amount: 1000 }] };
    const { products, remarks, faults } = await readSetup({ SUBSCRIPTIONS_AVAILABLE: [monthly] }, "JPY");
    assert.deepEqual([products.length, faults], [1, []]);
    assert.deepEqual(remarks, ["club: trial_period_days and amount_of_free_subscriptions are not used."]);
    assert.deepEqual(await faultsOf({ SUBSCRIPTIONS_AVAILABLE: [plan] }), [
      ["/SUBSCRIPTIONS_AVAILABLE/0/pricing/0/interval", "A subscription is paid again and again."],
    ]);
    assert.match(String(await faultsOfGoods(plan)), /trial_period_days,There is no such field/);
  });

  test("are all looked at, whatever is wrong with the others", async () => {
    const faults = await faultsOfGoods(
      { ...entry, key: "no key", pricing: [{ ...price, unit_amount: "18.00" }] },
      null,
      { ...entry, colour: "green" },
      { key: "x" },
      entry,
    );
    assert.deepEqual(
      faults.map(([pointer]) => pointer),
      ["/0/key", "/0/pricing/0/unit_amount", "/1", "/2/colour", "/3/tax_code", "/3/pricing", "/3/translation"],
    );
  });

  for (const [what, wrong, pointer, detail] of [
    [
      "an amount with decimals",
      { pricing: [{ ...price, unit_amount: "149.00" }] },
      "/pricing/0/unit_amount",
      /whole number/,
    ],
    ["a negative amount", { pricing: [{ ...price, unit_amount: -1 }] }, "/pricing/0/unit_amount", /at least 0/],
    [
      "an interval that there is not",
      { pricing: [{ ...price, interval: "FORTNIGHT" }] },
      "/pricing/0/interval",
      /ONE_OFF/,
    ],
    ["a currency that there is not", { pricing: [{ ...price, currency: "XXX" }] }, "/pricing/0/currency", /ISO 4217/],
    [
      "a count of something paid once",
      { pricing: [{ ...price, interval_count: 2 }] },
      "/pricing/0/interval_count",
      /paid once/,
    ],
    ["two prices for the same", { pricing: [price, { ...price, unit_amount: 1 }] }, "/pricing/1", /JPY, once, too/],
    ["no words", { translation: {} }, "/translation", /at least 1 field/],
    ["a language that is none", { translation: { "no language": words.en } }, "/translation/no language", /BCP 47/],
    ["a language twice", { translation: { "en-us": words.en, "en-US": words.en } }, "/translation/en-US", /twice/],
    ["a name of spaces", { translation: { en: { name: " " } } }, "/translation/en/name", /blank/],
    [
      "a descriptor that is too long",
      { translation: { en: { name: "N", statement_descriptor: "x".repeat(23) } } },
      "/translation/en/statement_descriptor",
      /22 characters/,
    ],
    [
      "a descriptor that banks refuse",
      { translation: { en: { name: "N", statement_descriptor: "TEA <3" } } },
      "/translation/en/statement_descriptor",
      /None of/,
    ],
    ["both ways of handing over", { shippable: true, consumable: true }, "/consumable", /not sent/],
    ["a key that looks like an id", { key: "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f" }, "/key", /UUID/],
    ["pictures that are no list", { images: { image_path: "x" } }, "/images", /array/],
    ["a picture without a path", { images: [{ title: "x" }] }, "/images/0/image_path", /missing/],
    ["a title of two lines", { images: [{ image_path: "x", title: "a\nb" }] }, "/images/0/title", /Must/],
  ] as const) {
    test(`are refused with ${what}`, async () => {
      const [first, ...others] = await faultsOfGoods({ ...entry, ...wrong });
      assert.deepEqual([first?.[0], others], [`/0${pointer}`, []], `${first}`);
      assert.match(first?.[1] ?? "", detail);
    });
  }

  test("have keys and SKUs of their own", async () => {
    const faults = await faultsOfGoods(entry, entry, { ...entry, key: "x", sku: "tea" });
    assert.deepEqual(faults, [
      ["/1/key", "Another product has the key tea."],
      ["/1/key", "Another product has the SKU tea."],
      ["/2/sku", "Another product has the SKU tea."],
    ]);
  });
});

describe("the tax rates of a file", () => {
  const rate = { name: "VAT", percentage: 20, country: "GB", inclusive: true };

  test("are exact to four decimals, and since ever or from a day or a moment on", async () => {
    const { taxRates, faults } = await readSetup(
      {
        tax_rates: [
          rate,
          {
            ...rate,
            percentage: "7.2500",
            country: "US",
            region: "US-CA",
            tax_code: "goods",
            valid_from: "2017-01-01",
          },
          { ...rate, percentage: "0.0001", valid_from: "2019-10-01T00:00:00+09:00", valid_until: "2030-01-01" },
        ],
      },
      "JPY",
    );
    assert.deepEqual(faults, []);
    assert.deepEqual(
      taxRates.map(({ rateMillionths, region, taxCode, validFrom, validUntil }) => [
        rateMillionths,
        region,
        taxCode,
        validFrom.toISOString(),
        validUntil?.toISOString() ?? null,
      ]),
      [
        [200_000, null, null, "1970-01-01T00:00:00.000Z", null],
        [72_500, "US-CA", "goods", "2017-01-01T00:00:00.000Z", null],
        [1, null, null, "2019-09-30T15:00:00.000Z", "2030-01-01T00:00:00.000Z"],
      ],
    );
  });

  for (const [what, wrong, pointer] of [
    ["five decimals", { percentage: "1.00001" }, "/percentage"],
    ["more than all", { percentage: "100.1" }, "/percentage"],
    ["a percentage in words", { percentage: "20 %" }, "/percentage"],
    ["a country that there is not", { country: "XX" }, "/country"],
    ["a region of another country", { region: "US-CA" }, "/region"],
    ["a day that there is not", { valid_from: "2019-02-30" }, "/valid_from"],
    ["a time without a zone", { valid_from: "2019-02-01T00:00:00" }, "/valid_from"],
    ["an end before its beginning", { valid_from: "2020-01-01", valid_until: "2019-01-01" }, "/valid_until"],
    ["a field that there is not", { rate: 20 }, "/rate"],
  ] as const) {
    test(`are refused with ${what}`, async () => {
      const faults = await faultsOf({ tax_rates: [{ ...rate, ...wrong }] });
      assert.deepEqual(
        faults.map(([place]) => place),
        [`/tax_rates/0${pointer}`],
        `${faults}`,
      );
    });
  }

  test("are one for each place, goods and beginning", async () => {
    const faults = await faultsOf({ tax_rates: [rate, { ...rate, percentage: 5 }, { ...rate, tax_code: "food" }] });
    assert.deepEqual(faults, [["/tax_rates/1", "Another rate is for GB, everything, from 1970-01-01, too."]]);
  });
});

describe("a file that is no catalogue", () => {
  test("says so once", async () => {
    for (const value of [null, 3, "text"]) assert.deepEqual(await faultsOf(value), [["", "Must be an object."]]);
    assert.deepEqual(await faultsOf({ ONE_OFF_PRODUCT_AVAILABLE: [] }), [
      ["/ONE_OFF_PRODUCT_AVAILABLE", "There is no such field."],
    ]);
    assert.deepEqual(await faultsOf({ ONE_OFF_PRODUCTS_AVAILABLE: entry }), [
      ["/ONE_OFF_PRODUCTS_AVAILABLE", "Must be an array."],
    ]);
    assert.deepEqual(await faultsOf([]), [["", "Must be an object."]]);
  });

  test("with too many products is refused", async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => ({ ...entry, key: `k${index}` }));
    assert.deepEqual(await faultsOf({ ONE_OFF_PRODUCTS_AVAILABLE: many }), [
      ["/ONE_OFF_PRODUCTS_AVAILABLE", "There are more than 10000."],
    ]);
  });
});
