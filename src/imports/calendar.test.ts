import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { exampleTime, parseTime } from "./calendar.ts";
import type { Locale } from "./numerals.ts";
import { isTimeZone, zoneClock } from "./zone.ts";

const locales: readonly Locale[] = ["iso", "en-US", "en-GB", "de-DE", "fr-FR", "ja-JP"];

/** The moment of a text, by the clocks of a zone. */
function momentOf(text: string, locale: Locale, zone = "UTC"): string | undefined {
  const time = parseTime(text, locale);
  const moment = time && zoneClock(zone)(time);
  return typeof moment === "number" ? new Date(moment).toISOString() : undefined;
}

describe("parseTime", () => {
  const everywhere: readonly [string, string][] = [
    ["2025-04-03", "2025-04-03T00:00:00.000Z"],
    ["2025-04-03 14:05", "2025-04-03T14:05:00.000Z"],
    ["2025-04-03T14:05:06", "2025-04-03T14:05:06.000Z"],
    ["2025-04-03T14:05:06.789Z", "2025-04-03T14:05:06.789Z"],
    ["2025-04-03 14:05:06 -0400", "2025-04-03T18:05:06.000Z"],
    ["2025-04-03T14:05:06+09:00", "2025-04-03T05:05:06.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ];
  for (const [text, wanted] of everywhere) {
    test(`understands ${text} in every locale`, () => {
      for (const locale of locales) assert.equal(momentOf(text, locale), wanted);
    });
  }
  const local: readonly [string, Partial<Record<Locale, string>>][] = [
    ["03/04/2025", { "en-US": "2025-03-04", "en-GB": "2025-04-03", "fr-FR": "2025-04-03" }],
    ["4/3/2025 2:05 PM", { "en-US": "2025-04-03T14:05" }],
    ["4/3/2025, 12:05 AM", { "en-US": "2025-04-03T00:05" }],
    ["31/12/2025 23:59:58", { "en-GB": "2025-12-31T23:59:58", "fr-FR": "2025-12-31T23:59:58" }],
    ["03.04.2025 14:05", { "de-DE": "2025-04-03T14:05" }],
    ["2025/04/03 14:05", { "ja-JP": "2025-04-03T14:05" }],
    ["2025年4月3日", { "ja-JP": "2025-04-03" }],
    ["２０２５年４月３日 14時05分", { "ja-JP": "2025-04-03T14:05" }],
  ];
  for (const [text, wanted] of local) {
    test(`understands ${text} where it is declared, and nowhere else`, () => {
      const read = locales
        .map((locale) => [locale, momentOf(text, locale)])
        .filter(([, moment]) => moment !== undefined);
      const days = Object.entries(wanted).map(([locale, moment]) => [
        locale,
        new Date(`${moment}${moment.includes("T") ? "Z" : ""}`).toISOString(),
      ]);
      assert.deepEqual(Object.fromEntries(read), Object.fromEntries(days));
    });
  }
  const refused = [
    "2025-02-30",
    "2025-13-01",
    "2025-00-10",
    "2025-4-3",
    "25-04-03",
    "03/04/25",
    "13/13/2025",
    "2025-04-03 24:00",
  ];
  refused.push(
    "2025-04-03 14:60",
    "2025-04-03T14:05:61",
    "20250403",
    "yesterday",
    "4/3/2025 13:05 PM",
    "4/3/2025 0:05 PM",
  );
  refused.push(
    "2025-02-29",
    "2025-04-03T14:05+25:00",
    "2025-04-03T14:05+09:75",
    "0000-01-01",
    "1743689100",
    "",
    " 2025-04-03",
  );
  for (const text of refused) {
    test(`never understands ${JSON.stringify(text)}`, () => {
      assert.deepEqual(
        locales.filter((locale) => parseTime(text, locale) !== undefined),
        [],
      );
    });
  }
  test("shows for each locale an example that it understands", () => {
    for (const locale of locales)
      for (const example of exampleTime(locale).split(" or "))
        assert.equal(momentOf(example, locale)?.slice(0, 10), "2025-04-03", example);
  });
});

describe("zoneClock", () => {
  test("reads local times by the zone's clocks, summer and winter", () => {
    assert.equal(momentOf("2025-07-01 12:00", "iso", "Europe/Berlin"), "2025-07-01T10:00:00.000Z");
    assert.equal(momentOf("2025-12-01 12:00", "iso", "Europe/Berlin"), "2025-12-01T11:00:00.000Z");
    assert.equal(momentOf("2025-04-03", "iso", "Asia/Tokyo"), "2025-04-02T15:00:00.000Z");
    assert.equal(momentOf("2025-04-03 12:00", "iso", "Asia/Kathmandu"), "2025-04-03T06:15:00.000Z");
  });
  test("leaves a time alone that has its own offset", () => {
    assert.equal(momentOf("2025-07-01T12:00:00Z", "iso", "Asia/Tokyo"), "2025-07-01T12:00:00.000Z");
  });
  test("knows no time that the clocks never showed, and none that they showed twice", () => {
    assert.equal(momentOf("2025-03-30 02:30", "iso", "Europe/Berlin"), undefined);
    assert.equal(momentOf("2025-10-26 02:30", "iso", "Europe/Berlin"), undefined);
    assert.equal(momentOf("2025-03-30 03:00", "iso", "Europe/Berlin"), "2025-03-30T01:00:00.000Z");
    assert.equal(momentOf("2025-10-26 03:00", "iso", "Europe/Berlin"), "2025-10-26T02:00:00.000Z");
  });
  test("knows a day whose midnight was skipped", () => {
    assert.equal(momentOf("2018-11-04", "iso", "America/Sao_Paulo"), "2018-11-04T03:00:00.000Z");
    assert.equal(momentOf("2018-11-04 00:30", "iso", "America/Sao_Paulo"), undefined);
  });
  test("agrees with Intl at every hour of a year", () => {
    const zone = "America/New_York";
    const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
    let known = 0;
    for (let moment = Date.UTC(2025, 0, 1); moment < Date.UTC(2026, 0, 1); moment += 3_600_000) {
      const read = momentOf(format.format(moment), "iso", zone);
      if (read === undefined) continue;
      assert.equal(read, new Date(moment).toISOString());
      known += 1;
    }
    assert.equal(known, 365 * 24 - 2); // The hour that came twice is not known.
  });
  test("tells time zones from other words", () => {
    assert.deepEqual(["UTC", "Europe/Berlin", "Mars/Olympus", ""].map(isTimeZone), [true, true, false, false]);
  });
});
