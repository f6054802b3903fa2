/** Values of settings in words: for the history, and where two people have changed the same. */

import { WEEKDAYS } from "../../core/hours.ts";
import type { FieldName } from "../../core/fields.ts";
import type { Interval, Week } from "../../core/line.ts";
import type { Words } from "../../i18n/en.ts";
import type { Choice } from "../../i18n/settings.en.ts";
import { lineName, personName, type Desk } from "../desk.ts";

const TEXT_SHOWN_CHARS = 120;

/** `3:00 min`, `24:00:00 h`. */
export function secondsWords(words: Words, seconds: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const { units } = words.lines;
  if (hours === 0) return units.minutesSeconds(`${minutes}:${two(seconds % 60)}`);
  return units.hoursMinutes(`${hours}:${two(minutes)}:${two(seconds % 60)}`);
}

export function valueWords(desk: Desk, field: FieldName, value: unknown): string {
  const { value: says } = desk.words.lines;
  const choices = desk.words.settings.choices as Partial<
    Record<FieldName, Readonly<Record<string, Choice>>>
  >;
  if (typeof value === "boolean") return value ? says.yes : says.no;
  if (typeof value === "number") return numberWords(desk.words, field, value);
  if (typeof value === "string") {
    if (field === "hours.calendar_of") return lineName(desk, value);
    return choices[field]?.[value]?.name ?? says.ownText(shortened(value));
  }
  if (value === null || value === undefined) {
    return field.endsWith(".text") ? says.defaultText : says.none;
  }
  if (isWeek(value)) return weekWords(desk.words, value);
  if (Array.isArray(value)) return listWords(desk, field, value);
  return shortened(JSON.stringify(value));
}

/** A week in one sentence. */
export function weekWords(words: Words, week: Week): string {
  const { hours } = words.lines;
  const days = WEEKDAYS.map((day) => hours.dayIs(hours.short[day], intervalsWords(words, week[day])));
  return days.join("; ");
}

/** The days that differ, as they were and as they are. */
export function weekChangeWords(words: Words, from: Week, to: Week): string {
  const { hours, history } = words.lines;
  const days = WEEKDAYS.map((day) => {
    const [before, after] = [intervalsWords(words, from[day]), intervalsWords(words, to[day])];
    return before === after ? "" : hours.dayIs(hours.short[day], history.fromTo(before, after));
  });
  return days.filter((day) => day !== "").join("; ");
}

/** What the server tells of an earlier version may be of another form. */
export function isWeek(value: unknown): value is Week {
  const week = value as Partial<Week> | null;
  return typeof week === "object" && WEEKDAYS.every((day) => Array.isArray(week?.[day]));
}

export function intervalsWords(words: Words, intervals: readonly Interval[]): string {
  const { hours } = words.lines;
  if (intervals.length === 0) return hours.closed;
  return intervals
    .map(({ from, to }) => (from === "00:00" && to === "24:00" ? hours.allDay : `${from}–${to}`))
    .join(", ");
}

function numberWords(words: Words, field: FieldName, value: number): string {
  if (value === 0 && field !== "unanswered.after_seconds") return words.lines.units.off;
  if (field.endsWith("_seconds")) return secondsWords(words, value);
  return field.endsWith("_days") ? words.lines.value.days(value) : String(value);
}

function listWords(desk: Desk, field: FieldName, list: readonly unknown[]): string {
  const { words } = desk;
  if (list.length === 0) return words.lines.value.none;
  switch (field) {
    case "queue.operators":
      return list.map((id) => personName(desk, String(id))).join(", ");
    case "hours.holidays":
      return words.lines.holidays.open(list.length);
    case "personas":
      return list.map((one) => (one as { name: string }).name).join(", ");
    default:
      return shortened(list.map(String).join(", "));
  }
}

function shortened(text: string): string {
  const characters = [...text];
  if (characters.length <= TEXT_SHOWN_CHARS) return text;
  return `${characters.slice(0, TEXT_SHOWN_CHARS).join("")}…`;
}
