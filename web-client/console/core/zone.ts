/** Moments and the wall clocks of time zones. */

import type { Timestamp } from "../../client/index.ts";

const MINUTE_MS = 60_000;

/** What the clock shows there: `YYYY-MM-DDTHH:MM`. Null: there is no such zone. */
export function wallClock(at: number, zone: string): string | null {
  const shown = shownAt(at, zone);
  return shown === null ? null : new Date(shown).toISOString().slice(0, 16);
}

/**
 * The moment at which the clock shows that there. Of two the earlier; where the clock is put forward
 * over it, the moment that it would have been.
 */
export function momentOf(local: string, zone: string): Timestamp | null {
  const shown = Date.parse(`${local}Z`);
  const before = aheadMs(shown - 24 * 60 * MINUTE_MS, zone);
  const after = aheadMs(shown + 24 * 60 * MINUTE_MS, zone);
  if (Number.isNaN(shown) || before === null || after === null) return null;
  const isBefore = shownAt(shown - before, zone) === shown;
  const isAfter = shownAt(shown - after, zone) === shown;
  const ahead = isBefore || !isAfter ? before : after;
  return new Date(shown - ahead).toISOString();
}

function aheadMs(at: number, zone: string): number | null {
  if (Number.isNaN(at)) return null;
  const shown = shownAt(at, zone);
  return shown === null ? null : shown - Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** What the clock shows, to the minute, as if it were UTC. */
function shownAt(at: number, zone: string): number | null {
  const format = clockOf(zone);
  if (format === null) return null;
  const parts = format.formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((one) => one.type === type)?.value ?? Number.NaN);
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat | null {
  const known = clocks.get(zone);
  if (known) return known;
  try {
    const format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
    clocks.set(zone, format);
    return format;
  } catch {
    return null;
  }
}
