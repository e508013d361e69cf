import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Sellable, TaxRate } from "../catalog/index.ts";
import { type CartLine, type CartStatus, newCart } from "./cart.ts";
import { type PriceBasis, priceCart } from "./price-cart.ts";

const noon = new Date("2026-11-23T12:00:00.000Z");
const mostMinor = 999_999_999_999_999n;

function words(language: string, name: string) {
  return { language, name, checkoutDescription: "", description: "", statementDescriptor: "" };
}

function sellable(priceId: string, wanted: Partial<Sellable> = {}): Sellable {
  return {
    priceId,
    productId: `product of ${priceId}`,
    productKey: priceId,
    sku: priceId,
    providerId: "own",
    taxCode: "goods",
    shippable: true,
    consumable: false,
    unitAmountMinor: 100n,
    currency: "JPY",
    interval: "one_off",
    intervalCount: 1,
    sellable: true,
    translations: [words("en", `The ${priceId}`), words("ja", `品 ${priceId}`)],
    imageId: null,
    imageTitle: null,
    ...wanted,
  };
}

function rate(wanted: Partial<TaxRate> = {}): TaxRate {
  return {
    taxRateId: "rate",
    name: "VAT",
    rateMillionths: 100_000,
    country: "JP",
    region: null,
    taxCode: null,
    inclusive: false,
    validFrom: noon,
    validUntil: null,
    ...wanted,
  };
}

function line(priceId: string, wanted: Partial<CartLine> = {}): CartLine {
  return { lineId: `line of ${priceId}`, priceId, quantity: 1n, agreedUnitMinor: 100n, addedAt: noon, ...wanted };
}

function price(lines: readonly CartLine[], basis: Partial<PriceBasis> = {}, status: CartStatus = "open") {
  const cart = { ...newCart({ cartId: "cart", owner: "user/ann", kind: "current", currency: "JPY" }, noon), status };
  const everything = { sellables: [], rates: [], region: null, languages: ["en"] };
  return priceCart({ ...cart, lines }, { ...everything, ...basis });
}

describe("priceCart", () => {
  test("names, taxes and sums each line", () => {
    const tea = sellable("tea", { taxCode: "food", providerId: "kiosk" });
    const mug = sellable("mug", { unitAmountMinor: 250n });
    const reduced = rate({ taxRateId: "reduced", taxCode: "food", rateMillionths: 80_000 });
    const cart = price([line("tea", { quantity: 3n }), line("mug", { agreedUnitMinor: 250n })], {
      sellables: [mug, tea],
      rates: [rate(), reduced],
      languages: ["ja"],
    });
    assert.deepEqual(
      cart.lines.map(({ product, words: named, rate: of, problem, priceChanged, amounts }) => ({
        product: product?.productKey,
        name: named?.name,
        rate: of?.taxRateId,
        problem,
        priceChanged,
        paid: (amounts?.lineTotalMinor ?? 0n) + (amounts?.taxMinor ?? 0n),
      })),
      [
        { product: "tea", name: "品 tea", rate: "reduced", problem: null, priceChanged: false, paid: 324n },
        { product: "mug", name: "品 mug", rate: "rate", problem: null, priceChanged: false, paid: 275n },
      ],
    );
    assert.equal(cart.totals.totalMinor, 599n);
  });

  test("charges what a price is now, and tells of one that changed", () => {
    const basis = { sellables: [sellable("tea", { unitAmountMinor: 120n })] };
    const [tea] = price([line("tea", { quantity: 2n })], basis).lines;
    assert.deepEqual([tea?.priceChanged, tea?.unitMinor, tea?.amounts?.lineTotalMinor], [true, 120n, 240n]);
  });

  test("knows a region by its code, with or without the country", () => {
    const york = rate({ taxRateId: "ny", country: "US", region: "US-NY", rateMillionths: 40_000 });
    const basis = { sellables: [sellable("tea")], rates: [rate({ country: "US" }), york] };
    for (const [region, expected] of [
      ["US-NY", "ny"],
      ["NY", "ny"],
      ["NJ", "rate"],
      [null, "rate"],
    ] as const) {
      assert.equal(price([line("tea")], { ...basis, region }).lines[0]?.rate?.taxRateId, expected);
    }
  });

  test("does not count what is not sold any more, and says why", () => {
    const withdrawn = sellable("tea", { sellable: false });
    const dollars = sellable("mug", { currency: "USD" });
    const cart = price([line("tea"), line("mug"), line("lost"), line("cup")], {
      sellables: [withdrawn, dollars, sellable("cup")],
    });
    assert.deepEqual(
      cart.lines.map(({ problem, unitMinor, amounts }) => [problem, unitMinor, amounts === null]),
      [
        ["withdrawn", 100n, true],
        ["withdrawn", null, true],
        ["withdrawn", null, true],
        [null, 100n, false],
      ],
    );
    assert.equal(cart.totals.totalMinor, 100n);
    assert.deepEqual(cart.totals.lines, [cart.lines[3]?.amounts]);
  });

  test("marks a recurring price, and counts it", () => {
    const cart = price([line("tea")], { sellables: [sellable("tea", { interval: "year" })] });
    assert.deepEqual([cart.lines[0]?.problem, cart.totals.totalMinor], ["recurring", 100n]);
  });

  test("marks the lines with which it would be worth too much, taxes and all, and sums the rest", () => {
    const sellables = [sellable("gold", { unitAmountMinor: mostMinor }), sellable("tea"), sellable("mug")];
    const lines = [line("tea"), line("gold"), line("mug")];
    const cart = price(lines, { sellables });
    assert.deepEqual(
      cart.lines.map(({ problem }) => problem),
      [null, "worth_too_much", null],
    );
    assert.equal(cart.totals.totalMinor, 200n);
    const alone = price([line("gold")], { sellables });
    assert.equal(alone.totals.totalMinor, mostMinor);
    const within = price([line("gold")], { sellables, rates: [rate({ inclusive: true })] });
    assert.equal(within.totals.totalMinor, mostMinor);
    const taxed = price([line("gold")], { sellables, rates: [rate({ rateMillionths: 1 })] });
    assert.equal(taxed.lines[0]?.problem, "worth_too_much");
  });

  test("keeps what a cart that became an order cost, whatever happened to its prices", () => {
    const withdrawn = sellable("tea", { unitAmountMinor: 500n, sellable: false });
    const cart = price([line("tea"), line("lost")], { sellables: [withdrawn] }, "checked_out");
    assert.deepEqual(
      cart.lines.map(({ problem, priceChanged, unitMinor }) => [problem, priceChanged, unitMinor]),
      [
        [null, false, 100n],
        [null, false, 100n],
      ],
    );
    assert.equal(cart.totals.totalMinor, 200n);
  });

  test("names a product without words by nothing", () => {
    const [tea] = price([line("tea")], { sellables: [sellable("tea", { translations: [] })] }).lines;
    assert.deepEqual([tea?.words, tea?.product?.productKey], [null, "tea"]);
  });
});
