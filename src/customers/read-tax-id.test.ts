import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readTaxId } from "./read-tax-id.ts";

function kept(text: string, country: string): string | null | undefined {
  const read = readTaxId(text, country);
  return "value" in read ? read.value : undefined;
}

/** In every form that an office gives them, and that people write them in. */
const right: readonly (readonly [country: string, sent: string, kept: string])[] = [
  ["AT", "ATU 37675002", "ATU37675002"],
  ["AT", "u37675002", "ATU37675002"],
  ["BE", "BE 0403.019.261", "BE0403019261"],
  ["BG", "175074752", "BG175074752"],
  ["CY", "CY10259033P", "CY10259033P"],
  ["CZ", "CZ25123891", "CZ25123891"],
  ["DK", "DK 13 58 56 28", "DK13585628"],
  ["EE", "EE100207415", "EE100207415"],
  ["ES", "ES A13585625", "ESA13585625"],
  ["ES", "54362315K", "ES54362315K"],
  ["ES", "X5253868R", "ESX5253868R"],
  ["FI", "FI 20774740", "FI20774740"],
  ["FR", "40303265045", "FR40303265045"],
  ["GR", "GR 094259216", "EL094259216"],
  ["GR", "EL094259216", "EL094259216"],
  ["GB", "980780684", "GB980780684"],
  ["GB", "GB GD 001", "GBGD001"],
  ["GB", "XI 110305878", "XI110305878"],
  ["HR", "HR33392005961", "HR33392005961"],
  ["HU", "HU12892312", "HU12892312"],
  ["IE", "IE 6433435F", "IE6433435F"],
  ["IE", "IE6433435OA", "IE6433435OA"],
  ["IE", "8D79739I", "IE8D79739I"],
  ["LT", "LT119511515", "LT119511515"],
  ["LU", "LU15027442", "LU15027442"],
  ["LV", "LV40003521600", "LV40003521600"],
  ["MT", "MT11679112", "MT11679112"],
  ["RO", "RO 18547290", "RO18547290"],
  ["SI", "SI 5022 3054", "SI50223054"],
  ["SK", "SK2022749619", "SK2022749619"],
  ["AU", "51 824 753 556", "51824753556"],
  ["AU", "AU51824753556", "51824753556"],
  ["BR", "12.ABC.345/01DE-35", "12ABC34501DE35"],
  ["BR", "529.982.247-25", "52998224725"],
  ["CA", "1234567890 TQ 0001", "1234567890TQ0001"],
  ["CH", "123.456.788", "CHE123456788"],
  ["JP", "T1180301018771", "T1180301018771"],
  ["NZ", "49-091-850", "49091850"],
  ["US", "12-3456789", "123456789"],
  ["CL", "60.805.000-0", "608050000"],
  ["HK", "ab 12/34", "AB1234"],
];

const wrong: readonly (readonly [country: string, sent: string])[] = [
  ["DE", "DE12345678"],
  ["DE", "FR40303265045X"],
  ["ES", "123456789"],
  ["CY", "CY123456789"],
  ["LT", "LT1234567890"],
  ["IE", "IE1234567"],
  ["GB", "GB12345678"],
  ["GB", "GBGD999"],
  ["PT", "PT501964842"],
  ["JP", "T7010001008845"],
  ["JP", "7010001008844"],
  ["JP", "T0010001008844"],
  ["AU", "51 824 753 557"],
  ["BR", "00.000.000/0001-92"],
  ["BR", "529.982.247-26"],
  ["BR", "111.111.111-11"],
  ["CA", "123456783"],
  ["CH", "CHE-116.281.711"],
  ["CL", "76.086.428-6"],
  ["IN", "27AAPFU0939F1ZW"],
  ["NO", "923609017"],
  ["US", "00-1234567"],
  ["HK", "!?"],
  ["HK", "x".repeat(21)],
  ["DE", "１２３"],
];

describe("readTaxId", () => {
  for (const [country, sent, expected] of right)
    test(`takes ${sent} in ${country}`, () => assert.equal(kept(sent, country), expected));

  for (const [country, sent] of wrong)
    test(`refuses ${sent.slice(0, 24)} in ${country}`, () => assert.equal(kept(sent, country), undefined));

  for (const country of ["DE", "JP", "US", "HK"])
    test(`takes none for none in ${country}`, () => assert.equal(kept(" - ", country), null));

  test("takes a number of another country of the Union that says so", () => {
    for (const country of ["FR", "US", "CH", "JP", "HK"]) assert.equal(kept("DE 136 695 976", country), "DE136695976");
    assert.equal(kept("136695976", "US"), "136695976");
    assert.equal(kept("136695976", "JP"), undefined);
  });

  test("takes whatever an office may give where no format is known, and throws for no country", () => {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const codes = [...letters].flatMap((first) => [...letters].map((second) => first + second));
    for (const country of codes)
      for (const sent of ["A1B2C3", "123456789", ""]) assert.ok(kept(sent, country) !== null || sent === "");
  });

  test("finds one wrong digit of a Japanese number, but for 0 and 9", () => {
    const digits = "7010001008844";
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 9 }), (place, more) => {
        const old = Number(digits[place]);
        const other = (old + more) % 10;
        const isBlind = old % 9 === other % 9 && place > 0;
        const changed = `T${digits.slice(0, place)}${other}${digits.slice(place + 1)}`;
        assert.equal(kept(changed, "JP") === undefined, !isBlind, changed);
      }),
    );
  });
});
