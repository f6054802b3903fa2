/** Moments in words, by the clock of a line or of this browser. */

import type { Timestamp } from "../../../client/index.ts";
import type { Words } from "../../i18n/en.ts";

/** By the line's clock; where its zone is unknown, by the browser's. */
export function dayAndTime(words: Words, at: Timestamp, zone?: string): string {
  return format(words, zone).format(Date.parse(at));
}

/** A day that is given as `YYYY-MM-DD`. */
export function dayOf(words: Words, day: string): string {
  const at = Date.parse(day);
  if (Number.isNaN(at)) return day;
  const options: Intl.DateTimeFormatOptions = { dateStyle: "long", timeZone: "UTC" };
  return new Intl.DateTimeFormat(words.locale, options).format(at);
}

function format(words: Words, zone: string | undefined): Intl.DateTimeFormat {
  const options: Intl.DateTimeFormatOptions = {
    weekday: "short",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  };
  try {
    return new Intl.DateTimeFormat(words.locale, { ...options, ...(zone && { timeZone: zone }) });
  } catch {
    return new Intl.DateTimeFormat(words.locale, options);
  }
}
