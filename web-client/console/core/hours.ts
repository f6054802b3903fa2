/** The week and the holidays of a line, as they are edited and drawn. */

import type { Holiday, Interval, Week, Weekday } from "./line.ts";

export const WEEKDAYS: readonly Weekday[] = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
];

export const DAY_MINUTES = 24 * 60;
const INTERVALS_A_DAY_MAX = 8;
const PAUSE_MINUTES = 60;
const ADDED_MINUTES = 3 * 60;

/** A stretch of a day that is open, in minutes from its midnight. */
export type Bar = { day: number; from: number; to: number };

export function isClockTime(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text);
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

/** It ends on the day after it has begun, and not just at midnight. */
export function isOverMidnight({ from, to }: Interval): boolean {
  return to !== "00:00" && minutesOf(to) <= minutesOf(from);
}

/** What is open in a week, day by day; what goes over midnight is of two days. */
export function barsOf(week: Week): Bar[] {
  return WEEKDAYS.flatMap((weekday, day) =>
    week[weekday]
      .filter(({ from, to }) => isClockTime(from) && isClockTime(to))
      .flatMap(({ from: begins, to: ends }) => {
        const [from, to] = [minutesOf(begins), minutesOf(ends)];
        if (to > from) return [{ day, from, to }];
        const rest = { day: (day + 1) % WEEKDAYS.length, from: 0, to };
        const begun = { day, from, to: DAY_MINUTES };
        return to === 0 ? [begun] : [begun, rest];
      }),
  );
}

export function withMondayCopied(week: Week): Week {
  const { monday } = week;
  return { ...week, tuesday: monday, wednesday: monday, thursday: monday, friday: monday };
}

/** With one more interval, after the last; none if the day is full. */
export function withInterval(intervals: readonly Interval[]): readonly Interval[] | null {
  const last = intervals.at(-1);
  if (last === undefined) return [{ from: "09:00", to: "18:00" }];
  const from = minutesOf(last.to) + PAUSE_MINUTES;
  const isFull = isOverMidnight(last) || last.to === "00:00" || from >= DAY_MINUTES;
  if (isFull || intervals.length >= INTERVALS_A_DAY_MAX) return null;
  const to = Math.min(from + ADDED_MINUTES, DAY_MINUTES);
  return [...intervals, { from: clockTime(from), to: clockTime(to) }];
}

/** As a field for times shows it: it has no 24:00. */
export function shownTime(time: string): string {
  return time === "24:00" ? "00:00" : time;
}

/** As an end of an interval is stored. */
export function endTime(shown: string): string {
  return shown === "00:00" ? "24:00" : shown;
}

/** With those that are not there yet. */
export function withHolidays(
  holidays: readonly Holiday[],
  more: readonly Holiday[],
): readonly Holiday[] {
  const key = ({ from, to, yearly, name }: Holiday) => `${from} ${to} ${yearly} ${name}`;
  const known = new Set(holidays.map(key));
  return [...holidays, ...more.filter((holiday) => !known.has(key(holiday)))];
}

function clockTime(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
