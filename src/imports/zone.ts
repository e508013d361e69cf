import type { WrittenTime } from "./calendar.ts";

/** Turns what a clock showed into the moment; null when it showed that never, or twice, as when summer time ends. */
export type ZoneClock = (time: WrittenTime) => number | null;

const dayMs = 86_400_000;
const slotMs = 900_000; // Zones change their offset at quarters of an hour.
const mostSlots = 10_000; // A year of orders at any hour.

export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const mostClocks = 1_000; // There are six hundred zones.
const clocks = new Map<string, ZoneClock>();

/** The clock of an IANA time zone. Made once: making one takes as long as reading a hundred rows. */
export function zoneClock(zone: string): ZoneClock {
  const known = clocks.get(zone);
  if (known) return known;
  if (clocks.size >= mostClocks) clocks.clear();
  const made = makeClock(zone);
  clocks.set(zone, made);
  return made;
}

function makeClock(zone: string): ZoneClock {
  const offsetAt = offsets(zone);
  function momentOf(clockMs: number): number | null {
    const found = new Set<number>();
    for (const near of [clockMs - dayMs, clockMs + dayMs]) {
      const moment = clockMs - offsetAt(near);
      if (clockMs - moment === offsetAt(moment)) found.add(moment);
    }
    const [moment, another] = found;
    return moment === undefined || another !== undefined ? null : moment;
  }
  return ({ clockMs, offsetMs, isDay }) => {
    if (offsetMs !== null) return clockMs - offsetMs;
    return momentOf(clockMs) ?? (isDay ? firstOf(clockMs, momentOf) : null);
  };
}

/** The first full hour that a day has beyond doubt, where its midnight was skipped or came twice. */
function firstOf(midnightMs: number, momentOf: (clockMs: number) => number | null): number | null {
  for (let slot = 1; slot <= 8; slot += 1) {
    const moment = momentOf(midnightMs + slot * slotMs);
    if (moment !== null) return moment;
  }
  return null;
}

/** How far a zone's clocks are from UTC at a moment. */
function offsets(zone: string): (moment: number) => number {
  if (zone === "UTC") return () => 0;
  const known = new Map<number, number>();
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset", year: "numeric" });
  return (moment) => {
    const slot = Math.floor(moment / slotMs);
    let offset = known.get(slot);
    if (offset === undefined) {
      if (known.size >= mostSlots) known.clear();
      offset = parseOffset(format.format(moment));
      known.set(slot, offset);
    }
    return offset;
  };
}

const offsetName = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/;

function parseOffset(text: string): number {
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = offsetName.exec(text) ?? [];
  const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === "-" ? -offset : offset;
}
