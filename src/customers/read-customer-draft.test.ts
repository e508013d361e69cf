import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Value } from "typebox/value";
import { customerDraft } from "../../test/support/given-customers.ts";
import type { Billing } from "./customer.ts";
import { CustomerDraft } from "./customer-draft.ts";
import { readCustomerDraft } from "./read-customer-draft.ts";

async function billingOf(draft: CustomerDraft): Promise<Billing> {
  const reading = await readCustomerDraft(draft);
  assert.ok("billing" in reading, JSON.stringify(reading));
  return reading.billing;
}

async function faultsOf(draft: CustomerDraft): Promise<string[]> {
  const reading = await readCustomerDraft(draft);
  return "faults" in reading ? reading.faults.map(({ pointer, detail }) => `${pointer}: ${detail}`) : [];
}

function draftOf({ postalCode, taxId, line1, line2, city, region, country, ...members }: Billing): CustomerDraft {
  return { ...members, tax_id: taxId, address: { line1, line2, city, region, postal_code: postalCode, country } };
}

/** As people write them, and as they are kept: city, region, postal code and tax id. */
const real: readonly (readonly [country: string, sent: readonly string[], kept: readonly (string | null)[]])[] = [
  ["US", ["San Francisco", "us-ca", "94103-1234", "94-3 136 777"], ["US-CA", "94103-1234", "943136777"]],
  ["CA", ["Ottawa", "ON", "k1a0b1", "123456782 RT0001"], ["CA-ON", "K1A 0B1", "123456782RT0001"]],
  ["AU", ["Sydney", "nsw", "2000", "ABN 51 824 753 556"], ["AU-NSW", "2000", "51824753556"]],
  ["JP", ["千代田区", "", "１００−０００１", "t7010001008844"], [null, "100-0001", "T7010001008844"]],
  ["JP", ["大阪市", "JP-27", "5300001", ""], ["JP-27", "530-0001", null]],
  ["GB", ["London", "", "sw1a1aa", "GB 999 9999 73"], [null, "SW1A 1AA", "GB999999973"]],
  ["DE", ["Berlin", "BE", "10117", "de 136 695 976"], ["DE-BE", "10117", "DE136695976"]],
  ["FR", ["Paris", "", "75001", "FR 40 303 265 045"], [null, "75001", "FR40303265045"]],
  ["IE", ["Dublin", "D", "d02x285", "1234567WA"], ["IE-D", "D02 X285", "IE1234567WA"]],
  ["IE", ["Galway", "", "", ""], [null, null, null]],
  ["IN", ["New Delhi", "DL", "110 001", "27AAPFU0939F1ZV"], ["IN-DL", "110001", "27AAPFU0939F1ZV"]],
  ["BR", ["São Paulo", "SP", "01310100", "00.000.000/0001-91"], ["BR-SP", "01310-100", "00000000000191"]],
  ["HK", ["Central", "", "", "12345678-000"], [null, null, "12345678000"]],
  ["AE", ["Dubai", "DU", "", "100123456700003"], ["AE-DU", null, "100123456700003"]],
  ["ES", ["Madrid", "M", "28001", "B12345674"], ["ES-M", "28001", "ESB12345674"]],
  ["IT", ["Roma", "RM", "00184", "IT 00743110157"], ["IT-RM", "00184", "IT00743110157"]],
  ["NL", ["Amsterdam", "", "1012js", "004495445B01"], [null, "1012 JS", "NL004495445B01"]],
  ["SE", ["Stockholm", "AB", "11455", "556188840401"], ["SE-AB", "114 55", "SE556188840401"]],
  ["CH", ["Bern", "BE", "3011", "CHE-116.281.710 MWST"], ["CH-BE", "3011", "CHE116281710MWST"]],
  ["NO", ["Oslo", "03", "0150", "NO 923 609 016 MVA"], ["NO-03", "0150", "923609016MVA"]],
  ["PL", ["Warszawa", "", "00950", "PL 526-000-12-46"], [null, "00-950", "PL5260001246"]],
  ["PT", ["Lisboa", "", "1100148", "PT 501 964 843"], [null, "1100-148", "PT501964843"]],
  ["GR", ["Athina", "", "10563", "123456789"], [null, "105 63", "EL123456789"]],
  ["MX", ["México", "CMX", "06000", "GODE561231GR8"], ["MX-CMX", "06000", "GODE561231GR8"]],
  ["CL", ["Santiago", "RM", "", "76.086.428-5"], ["CL-RM", null, "760864285"]],
  ["CN", ["上海市", "SH", "200000", "91310000MA1FL0XX0X"], ["CN-SH", "200000", "91310000MA1FL0XX0X"]],
  ["SG", ["Singapore", "", "018956", "201912345K"], [null, "018956", "201912345K"]],
  ["KR", ["서울특별시", "11", "04524", "124-81-00998"], ["KR-11", "04524", "1248100998"]],
];

describe("readCustomerDraft", () => {
  for (const [country, [city = "", region, postalCode, taxId], kept] of real) {
    test(`keeps ${city} in ${country} as the country writes it`, async () => {
      const address = { line1: "1", city, region: region ?? null, postal_code: postalCode ?? null, country };
      const billing = await billingOf(customerDraft({ tax_id: taxId ?? null, address }));
      assert.deepEqual([billing.region, billing.postalCode, billing.taxId], kept);
      assert.equal(billing.city, city);
      assert.equal(billing.country, country);
    });
  }

  test("reads every part", async () => {
    const draft: CustomerDraft = {
      name: " Erika Mustermann ",
      email: " Erika@Müller.EXAMPLE ",
      phone: "＋49 (30) 90 18-20",
      company: "",
      tax_id: null,
      address: {
        line1: "Unter den Linden 1",
        line2: " Hof\u00a0links",
        city: "Berlin",
        postal_code: "10117",
        country: "de",
      },
    };
    assert.deepEqual(await billingOf(draft), {
      name: "Erika Mustermann",
      email: "Erika@müller.example",
      phone: "+49 (30) 90 18-20",
      company: null,
      line1: "Unter den Linden 1",
      line2: "Hof\u00a0links",
      city: "Berlin",
      region: null,
      postalCode: "10117",
      country: "DE",
      taxId: null,
    });
  });

  test("says everything that is wrong at once, and where", async () => {
    const draft: CustomerDraft = {
      name: "\u202e",
      email: "nobody",
      phone: "12",
      company: "x".repeat(201),
      tax_id: "DE1",
      address: { line1: "", line2: "a\nb", city: "\u0007Bell\u0007s", region: "XX", postal_code: "ABC", country: "US" },
    };
    assert.deepEqual(await faultsOf(draft), [
      "/name: Is missing.",
      "/email: Must be an e-mail address.",
      "/phone: Must be 4 to 15 digits with an optional + before them, and spaces, dots, hyphens, slashes and brackets.",
      "/company: Must have at most 200 characters.",
      "/address/line1: Is missing.",
      "/address/line2: Must be one line, without control characters.",
      "/address/city: Must be one line, without control characters.",
      "/address/region: Must be a region of US by ISO 3166-2, such as US-AK.",
      "/address/postal_code: Is no postal code of US.",
      "/tax_id: Is no tax id of US.",
    ]);
  });

  test("judges nothing by the rules of a country that there is not", async () => {
    const address = { country: "XX", region: "?", postal_code: "?" };
    assert.deepEqual(await faultsOf(customerDraft({ tax_id: "?", address })), [
      "/address/country: Must be a country's code of two letters by ISO 3166-1, such as DE.",
    ]);
  });

  for (const [country, missing] of [
    ["US", ["region", "postal_code"]],
    ["AU", ["region", "postal_code"]],
    ["BR", ["region", "postal_code"]],
    ["AE", ["region"]],
    ["JP", ["postal_code"]],
    ["DE", ["postal_code"]],
    ["GB", ["postal_code"]],
    ["HK", []],
    ["IE", []],
    ["PA", []],
    ["AQ", []],
  ] as const) {
    test(`asks of ${country} for ${missing.join(" and ") || "nothing more"}`, async () => {
      const address = { line1: "1", city: "X", region: null, postal_code: "", country };
      assert.deepEqual(
        await faultsOf(customerDraft({ address })),
        missing.map((name) => `/address/${name}: Is missing; addresses in ${country} have one.`),
      );
    });
  }

  for (const email of [
    "ann@example.com\r\nBcc: eve@example.com",
    "ann\n@example.com",
    "ann@example.com, eve@example.com",
    "Ann <ann@example.com>",
    "ann@\u202eexample.com",
    "ann@@example.com",
    "\ud800@example.com",
    `${"x".repeat(250)}@example.com`,
  ]) {
    test(`takes ${JSON.stringify(email).slice(0, 40)} for no address`, async () => {
      assert.equal((await faultsOf(customerDraft({ email }))).length, 1);
    });
  }

  test("takes a line end around an address for nothing", async () => {
    assert.equal((await billingOf(customerDraft({ email: "ann@example.com\r\n" }))).email, "ann@example.com");
  });

  for (const name of [
    "田中　太郎",
    "Zoë",
    "محمد \u202bعلي\u202c",
    "O'Hara & Söhne <GmbH>",
    "Robert'); drop table --",
  ]) {
    test(`keeps the name ${name} as it is`, async () =>
      assert.equal((await billingOf(customerDraft({ name }))).name, name));
  }

  for (const name of ["Ann\u0000", "A\u2028nn", "\ud800Ann", "A\tnn"]) {
    test(`refuses the name ${JSON.stringify(name)}`, async () =>
      assert.equal((await faultsOf(customerDraft({ name }))).length, 1));
  }
});

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.stringMatching(/^[A-Z]{2}[- ]?[A-Z0-9 .-]{0,14}$/),
  fc.stringMatching(/^[0-9 -]{0,14}$/),
);
const country = fc.oneof(text, fc.constantFrom(...real.map(([code]) => code), "XI", "UK", "AQ", "KZ", "AR", "SV"));
const maybe = fc.option(text, { nil: null });

const anyDraft: fc.Arbitrary<CustomerDraft> = fc.record(
  {
    name: text,
    email: fc.oneof(
      text,
      fc.emailAddress(),
      fc.tuple(text, text).map(([local, host]) => `${local}@${host}`),
    ),
    phone: maybe,
    company: maybe,
    tax_id: maybe,
    address: fc.record(
      { line1: text, line2: maybe, city: text, region: maybe, postal_code: maybe, country },
      { requiredKeys: ["line1", "city", "country"] },
    ),
  },
  { requiredKeys: ["name", "email", "address"] },
);

/** Drafts that have a good chance to be right. */
const likelyDraft = fc
  .record({
    example: fc.constantFrom(...real),
    name: fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }),
    email: fc.emailAddress(),
    taxId: fc.option(fc.constantFrom(...real.map(([, sent]) => sent[3] ?? "")), { nil: undefined }),
    postalCode: fc.option(fc.stringMatching(/^[A-Z0-9]{3,8}$/), { nil: undefined, freq: 1 }),
  })
  .map(({ example: [code, [city = "", region = "", sent = "", own = ""]], name, email, taxId, postalCode }) =>
    customerDraft({
      name,
      email,
      tax_id: taxId ?? own,
      address: { city, region, postal_code: postalCode ?? sent, country: code },
    }),
  );

describe("whatever is read", () => {
  test("is kept or refused with pointers into the draft, and nothing throws", async () => {
    const inDraft = /^\/(name|email|phone|company|tax_id|address\/(line1|line2|city|region|postal_code|country))$/;
    await fc.assert(
      fc.asyncProperty(anyDraft, async (draft) => {
        const reading = await readCustomerDraft(draft);
        if ("faults" in reading) {
          assert.ok(reading.faults.length > 0);
          assert.equal(new Set(reading.faults.map(({ pointer }) => pointer)).size, reading.faults.length);
          for (const { pointer } of reading.faults) assert.match(pointer, inDraft);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("stays as it is when it is read again, and has the form of a draft", async () => {
    let kept = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyDraft, likelyDraft), async (draft) => {
        const reading = await readCustomerDraft(draft);
        if (!("billing" in reading)) return;
        kept += 1;
        const again = draftOf(reading.billing);
        assert.ok(Value.Check(CustomerDraft, again), JSON.stringify(again));
        assert.deepEqual(await billingOf(again), reading.billing);
      }),
      { numRuns: 2_000 },
    );
    assert.ok(kept > 200, `Only ${kept} drafts were right.`);
  });

  test("has no line end, nothing that can be a header, and whole characters", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyDraft, likelyDraft), async (draft) => {
        const reading = await readCustomerDraft(draft);
        if (!("billing" in reading)) return;
        for (const value of Object.values(reading.billing)) {
          if (value === null) continue;
          assert.doesNotMatch(value, /[\p{Cc}\p{Zl}\p{Zp}]/u);
          assert.ok(value.isWellFormed());
          assert.equal(value, value.trim());
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
