/** Times and durations in words, in the time zone of this browser. */

import type { Timestamp } from "../../client/index.ts";
import type { Words } from "../i18n/en.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

export function clock(words: Words, at: Timestamp): string {
  return format(words, "clock", { hour: "2-digit", minute: "2-digit" }).format(Date.parse(at));
}

/** Day and time, for what is not today, or may not be. */
export function moment(words: Words, at: Timestamp): string {
  const options = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" } as const;
  return format(words, "moment", options).format(Date.parse(at));
}

export function fullTime(words: Words, at: Timestamp): string {
  return format(words, "full", { dateStyle: "long", timeStyle: "medium" }).format(Date.parse(at));
}

/** "Today", "Yesterday", or the date. */
export function day(words: Words, at: Timestamp, now: number): string {
  const date = new Date(at);
  if (isSameDay(date, new Date(now))) return words.chat.today;
  if (isSameDay(date, new Date(now - DAY * 1_000))) return words.chat.yesterday;
  return format(words, "day", { weekday: "long", day: "numeric", month: "long" }).format(date);
}

export function isSameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}

/** How long something has lasted, in one or two units. */
export function lasting(words: Words, ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < MINUTE) return words.duration.seconds(seconds);
  if (seconds < HOUR) return words.duration.minutes(Math.floor(seconds / MINUTE));
  if (seconds < DAY) {
    const minutes = Math.floor((seconds % HOUR) / MINUTE);
    return words.duration.hours(Math.floor(seconds / HOUR), minutes);
  }
  return words.duration.days(Math.floor(seconds / DAY));
}

/**
 * What is left until something ends. It is not earlier than the last change that we were told of,
 * whatever our clock says: a fresh offer of a minute begins at `1:00`.
 */
export function leftMs(until: Timestamp, changed: Timestamp, now: number): number {
  return Date.parse(until) - Math.max(now, Date.parse(changed));
}

/** `1:05`: begun seconds are counted whole. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / MINUTE)}:${String(seconds % MINUTE).padStart(2, "0")}`;
}

function format(words: Words, name: string, options: Intl.DateTimeFormatOptions) {
  const key = `${words.locale} ${name}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(words.locale, options);
  formats.set(key, known);
  return known;
}
