import type { Locale } from "./numerals.ts";

/** A moment as it was written: the time on a clock, and how far that clock was from UTC when that was said. */
export interface WrittenTime {
  /** What the clock showed, as if it stood at UTC. */
  readonly clockMs: number;
  readonly offsetMs: number | null;
  /** Only the day was written. */
  readonly isDay: boolean;
}

const clock = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.(?<fraction>\d{1,9}))?)?`;
const zone = String.raw`(?: ?(?<zone>Z|[+-]\d{2}:?\d{2}))?`;
const half = "(?: ?(?<half>[AaPp][Mm]))?";
const isoTime = new RegExp(`^(?<year>\\d{4})-(?<month>\\d{2})-(?<day>\\d{2})(?:[T ]${clock}${zone})?$`);

function dated(day: string, rest = `(?:,? ${clock}${zone})?`): RegExp {
  return new RegExp(`^${day}${rest}$`);
}

const [year, month, day] = ["(?<year>\\d{4})", "(?<month>\\d{1,2})", "(?<day>\\d{1,2})"];
const kanjiClock = "(?<hour>\\d{1,2})時(?<minute>\\d{1,2})分(?:(?<second>\\d{1,2})秒)?";

/** What a locale writes beside ISO 8601, which is understood in each. */
const written: Readonly<Record<Locale, { readonly forms: readonly RegExp[]; readonly example: string }>> = {
  iso: { forms: [], example: "2025-04-03 or 2025-04-03T14:05:00+02:00" },
  "en-US": { forms: [dated(`${month}/${day}/${year}`, `(?:,? ${clock}${half})?`)], example: "4/3/2025 2:05 PM" },
  "en-GB": { forms: [dated(`${day}/${month}/${year}`)], example: "03/04/2025 14:05" },
  "fr-FR": { forms: [dated(`${day}/${month}/${year}`)], example: "03/04/2025 14:05" },
  "de-DE": { forms: [dated(`${day}\\.${month}\\.${year}`)], example: "03.04.2025 14:05" },
  "ja-JP": {
    forms: [
      dated(`${year}/${month}/${day}`),
      dated(`${year}年${month}月${day}日`, `(?: ?(?:${clock}|${kanjiClock}))?`),
    ],
    example: "2025/04/03 14:05 or 2025年4月3日",
  },
};

export function exampleTime(locale: Locale): string {
  return written[locale].example;
}

const longest = 50; // Longer texts are no times, and are not looked at.

/** Reads a time as a locale writes it, with four digits of the year, or undefined. A day must be in the calendar. */
export function parseTime(text: string, locale: Locale): WrittenTime | undefined {
  if (text.length > longest) return undefined;
  const folded = locale === "ja-JP" ? text.normalize("NFKC") : text;
  const form = [isoTime, ...written[locale].forms].find((form) => form.test(folded));
  const parts = form?.exec(folded)?.groups;
  return parts && timeOf(parts);
}

function timeOf(parts: Readonly<Record<string, string | undefined>>): WrittenTime | undefined {
  const number = (name: string) => Number(parts[name] ?? 0);
  const hour = hourOf(number("hour"), parts.half);
  const [monthIndex, minute, second] = [number("month") - 1, number("minute"), number("second")];
  const clockMs = Date.UTC(number("year"), monthIndex, number("day"), hour, minute, second);
  const shown = new Date(clockMs);
  const isThere =
    shown.getUTCFullYear() === number("year") &&
    shown.getUTCMonth() === monthIndex &&
    shown.getUTCDate() === number("day") &&
    shown.getUTCHours() === hour &&
    shown.getUTCMinutes() === minute &&
    shown.getUTCSeconds() === second;
  const offsetMs = offsetOf(parts.zone);
  if (!isThere || offsetMs === undefined) return undefined;
  const fractionMs = Number((parts.fraction ?? "").slice(0, 3).padEnd(3, "0"));
  return { clockMs: clockMs + fractionMs, offsetMs, isDay: parts.hour === undefined };
}

const noon = 12;

/** NaN for what no clock with two halves shows. */
function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  if (hour < 1 || hour > noon) return Number.NaN;
  return (hour % noon) + (half.toLowerCase() === "pm" ? noon : 0);
}

const minuteMs = 60_000;
const mostOffsetMinutes = 14 * 60; // No place on earth is further from UTC.

/** Null when none was written, undefined for one that there is not. */
function offsetOf(zone: string | undefined): number | null | undefined {
  if (zone === undefined) return null;
  if (zone === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  const offset = hours * 60 + minutes;
  if (minutes >= 60 || offset > mostOffsetMinutes) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * offset * minuteMs;
}
