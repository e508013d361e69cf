import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import { givenTaxRate, longAgo, tenPercent } from "../../test/support/given-products.ts";
import { findEntries } from "../audit/index.ts";
import { changeTaxRate } from "./change-tax-rate.ts";
import { createTaxRate } from "./create-tax-rate.ts";
import { deleteTaxRate } from "./delete-tax-rate.ts";
import { findKeptTaxRates, findTaxRates, getTaxRate } from "./find-tax-rates.ts";
import type { TaxRate } from "./taxation.ts";

const by = { actor: "key-1", name: "Ann", requestId: "r-1" };
const later = new Date("2026-11-23T13:00:00.000Z");
const page = { limit: 100 };
const absent = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";

describe("createTaxRate", () => {
  test(
    "writes a rate and keeps who did so",
    inTx(async (tx) => {
      const wanted = { ...tenPercent, rateMillionths: 88_750, region: "US-CA", taxCode: "food" };
      const rate = await createTaxRate(tx, { rate: wanted, by }, noon);
      const { taxRateId } = rate;
      assert.deepEqual(rate, { taxRateId, ...wanted, createdAt: noon, updatedAt: noon });
      assert.deepEqual(await getTaxRate(tx, taxRateId), rate);

      const [entry] = (await findEntries(tx, { action: "tax_rate.created" }, page)).rows;
      assert.equal(entry?.subject, `tax_rate/${taxRateId}`);
      assert.deepEqual(entry?.detail, { ...wanted, validFrom: longAgo.toISOString() });
    }),
  );

  const wrong: [string, Partial<TaxRate>, string][] = [
    ["a country that nobody has", { country: "XX" }, "/country"],
    ["a region that the country does not have", { region: "US-XX" }, "/region"],
    ["a region of another country", { region: "CA-ON" }, "/region"],
    ["a span that is empty", { validUntil: longAgo }, "/valid_until"],
  ];
  for (const [what, wanted, pointer] of wrong)
    test(
      `refuses ${what}`,
      inTx(async (tx) => {
        await assert.rejects(givenTaxRate(tx, wanted), (error: { code: string; extras: { faults: object[] } }) => {
          assert.equal(error.code, "tax_rate.invalid");
          assert.deepEqual(
            error.extras.faults.map((fault) => (fault as { pointer: string }).pointer),
            [pointer],
          );
          return true;
        });
      }),
    );

  test(
    "refuses another rate for the same place and goods from the same moment on, and takes one from another moment",
    inTx(async (tx) => {
      for (const wanted of [{}, { region: "US-CA" }, { taxCode: "food" }, { region: "US-CA", taxCode: "food" }]) {
        await givenTaxRate(tx, wanted);
        await assert.rejects(givenTaxRate(tx, wanted), { code: "tax_rate.taken" });
        await givenTaxRate(tx, { ...wanted, validFrom: noon });
      }
      assert.equal((await findKeptTaxRates(tx, {}, page)).rows.length, 8);
    }),
  );

  test("lets one of many win who write the same rate at once", async () => {
    const { db, close } = await testDatabase();
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => db.transaction((tx) => givenTaxRate(tx))));
    const refused = outcomes.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
    assert.deepEqual(
      refused.map(({ reason }) => (reason as { code: string }).code),
      ["tax_rate.taken", "tax_rate.taken"],
    );
    await close();
  });
});

describe("findTaxRates", () => {
  test(
    "has the rates of the country in force: from the first moment on, up to the last",
    inTx(async (tx) => {
      const until = new Date("2026-11-23T14:00:00.000Z");
      await givenTaxRate(tx, { name: "span", validFrom: later, validUntil: until });
      await givenTaxRate(tx, { name: "open", region: "US-CA" });
      await givenTaxRate(tx, { name: "elsewhere", country: "JP" });
      const namesAt = async (ms: number, country = "US") =>
        (await findTaxRates(tx, { country, at: new Date(ms) })).map(({ name }) => name);
      assert.deepEqual(await namesAt(longAgo.getTime() - 1), []);
      assert.deepEqual(await namesAt(longAgo.getTime()), ["open"]);
      assert.deepEqual(await namesAt(later.getTime() - 1), ["open"]);
      assert.deepEqual(await namesAt(later.getTime()), ["open", "span"]);
      assert.deepEqual(await namesAt(until.getTime() - 1), ["open", "span"]);
      assert.deepEqual(await namesAt(until.getTime()), ["open"]);
      assert.deepEqual(await namesAt(until.getTime(), "JP"), ["elsewhere"]);
      assert.deepEqual(await namesAt(until.getTime(), "FR"), []);
    }),
  );
});

describe("findKeptTaxRates", () => {
  test(
    "finds by country, region and tax code, also what is not in force",
    inTx(async (tx) => {
      await givenTaxRate(tx, { name: "1", validUntil: noon });
      await givenTaxRate(tx, { name: "2", region: "US-CA" });
      await givenTaxRate(tx, { name: "3", region: "US-CA", taxCode: "food" });
      await givenTaxRate(tx, { name: "4", country: "JP", taxCode: "food" });
      const names = async (filter: Parameters<typeof findKeptTaxRates>[1]) =>
        (await findKeptTaxRates(tx, filter, page)).rows.map(({ name }) => name).sort();
      assert.deepEqual(await names({}), ["1", "2", "3", "4"]);
      assert.deepEqual(await names({ country: "US" }), ["1", "2", "3"]);
      assert.deepEqual(await names({ region: "US-CA" }), ["2", "3"]);
      assert.deepEqual(await names({ taxCode: "food" }), ["3", "4"]);
      assert.deepEqual(await names({ country: "US", region: "US-CA", taxCode: "food" }), ["3"]);
    }),
  );
});

describe("changeTaxRate", () => {
  test(
    "changes what is named, leaves the rest, and keeps what it was",
    inTx(async (tx) => {
      const before = await givenTaxRate(tx);
      const { taxRateId } = before;
      const after = await changeTaxRate(tx, { taxRateId, change: { rateMillionths: 0, validUntil: later }, by }, noon);
      assert.deepEqual(after, { ...before, rateMillionths: 0, validUntil: later, updatedAt: noon });
      assert.deepEqual(await getTaxRate(tx, taxRateId), after);
      const [entry] = (await findEntries(tx, { action: "tax_rate.changed" }, page)).rows;
      assert.deepEqual(entry?.detail, { rateMillionths: [100_000, 0], validUntil: [null, later.toISOString()] });

      await changeTaxRate(tx, { taxRateId, change: { rateMillionths: 0 }, by }, later);
      assert.equal((await findEntries(tx, { action: "tax_rate.changed" }, page)).rows.length, 1);
    }),
  );

  test(
    "refuses a span that is empty, another rate's beginning, and a rate that is not there",
    inTx(async (tx) => {
      const { taxRateId } = await givenTaxRate(tx);
      await givenTaxRate(tx, { validFrom: noon });
      const to = (change: Partial<TaxRate>) => changeTaxRate(tx, { taxRateId, change, by }, noon);
      await assert.rejects(to({ validUntil: longAgo }), { code: "tax_rate.invalid" });
      await assert.rejects(to({ validFrom: noon }), { code: "tax_rate.taken" });
      for (const lost of [absent, "x"])
        await assert.rejects(changeTaxRate(tx, { taxRateId: lost, change: { name: "T" }, by }, noon), {
          code: "tax_rate.not_found",
        });
    }),
  );

  test(
    "takes the country before the rate, and six statements",
    inTx(async (tx) => {
      const { taxRateId } = await givenTaxRate(tx);
      const wanted = { taxRateId, change: { name: "T" }, by };
      assert.deepEqual(await statementsOf(tx, (watched) => changeTaxRate(watched, wanted, noon)), [
        "catalog.find_tax_rate",
        "catalog.lock_taxes_of",
        "catalog.lock_tax_rate",
        "catalog.find_tax_rate_twin",
        "catalog.set_tax_rate",
        "audit.insert_entry",
      ]);
    }),
  );

  test("lets one of two win who move their rates to one moment at once", async () => {
    const { db, close } = await testDatabase();
    const rates = await db.transaction(async (tx) => [
      await givenTaxRate(tx),
      await givenTaxRate(tx, { validFrom: noon }),
    ]);
    const outcomes = await Promise.allSettled(
      rates.map(({ taxRateId }) =>
        db.transaction((tx) => changeTaxRate(tx, { taxRateId, change: { validFrom: later }, by }, noon)),
      ),
    );
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    await close();
  });
});

describe("deleteTaxRate", () => {
  test(
    "takes a rate away and keeps what it was",
    inTx(async (tx) => {
      const { taxRateId } = await givenTaxRate(tx);
      await deleteTaxRate(tx, { taxRateId, by }, noon);
      const [entry] = (await findEntries(tx, { action: "tax_rate.deleted" }, page)).rows;
      assert.deepEqual(entry?.detail, { taxRateId, ...tenPercent, validFrom: longAgo.toISOString() });
      await assert.rejects(deleteTaxRate(tx, { taxRateId, by }, noon), { code: "tax_rate.not_found" });
    }),
  );
});
