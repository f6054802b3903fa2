import { expect, test } from "vitest";
import {
  barsOf,
  endTime,
  isClockTime,
  isDay,
  isOverMidnight,
  shownTime,
  withHolidays,
  withInterval,
  withMondayCopied,
} from "../core/hours.ts";
import { momentOf, wallClock } from "../core/zone.ts";
import { WEEK } from "./line.ts";

const NONE = {
  monday: [],
  tuesday: [],
  wednesday: [],
  thursday: [],
  friday: [],
  saturday: [],
  sunday: [],
};

test("a bar is drawn where the line is open; over midnight it goes on on the next day", () => {
  const sunday = [{ from: "20:00", to: "04:00" }];
  expect(barsOf({ ...NONE, monday: [{ from: "09:00", to: "18:00" }], sunday })).toEqual([
    { day: 0, from: 540, to: 1080 },
    { day: 6, from: 1200, to: 1440 },
    { day: 0, from: 0, to: 240 },
  ]);
  for (const to of ["24:00", "00:00"]) {
    expect(barsOf({ ...NONE, tuesday: [{ from: "00:00", to }] })).toEqual([
      { day: 1, from: 0, to: 1440 },
    ]);
  }
  expect(barsOf({ ...NONE, tuesday: [{ from: "", to: "10:00" }] })).toEqual([]);
});

test("a field for times knows no 24:00; the end of a day is shown as midnight", () => {
  expect([shownTime("24:00"), shownTime("18:00")]).toEqual(["00:00", "18:00"]);
  expect([endTime("00:00"), endTime("18:00"), endTime("")]).toEqual(["24:00", "18:00", ""]);
  expect(isOverMidnight({ from: "20:00", to: "04:00" })).toBe(true);
  expect(isOverMidnight({ from: "20:00", to: "20:00" })).toBe(true);
  for (const to of ["24:00", "00:00", "21:00"]) expect(isOverMidnight({ from: "20:00", to })).toBe(false);
});

test("an added time comes after the last and ends by midnight, until the day is full", () => {
  const first = withInterval([])!;
  const second = withInterval(first)!;
  const third = withInterval(second)!;
  expect(third).toEqual([
    { from: "09:00", to: "18:00" },
    { from: "19:00", to: "22:00" },
    { from: "23:00", to: "24:00" },
  ]);
  expect(withInterval(third)).toBeNull();
  expect(withInterval([{ from: "20:00", to: "04:00" }])).toBeNull();
});

test("Monday is copied to the working days only", () => {
  const monday = [{ from: "10:00", to: "12:00" }];
  const week = withMondayCopied({ ...WEEK, monday });
  expect([week.tuesday, week.friday, week.saturday]).toEqual([monday, monday, []]);
});

test("days from a file are added once", () => {
  const day = { yearly: true, intervals: [], imported: true };
  const christmas = { ...day, from: "2026-12-25", to: "2026-12-26", name: "Christmas" };
  const easter = { ...day, from: "2027-04-05", to: "2027-04-05", name: "Easter", yearly: false };
  expect(withHolidays([christmas], [{ ...christmas }, easter])).toEqual([christmas, easter]);
});

test("times and days are told from what is half typed", () => {
  expect(["00:00", "23:59", "24:00"].every(isClockTime)).toBe(true);
  expect(["", "9:00", "24:01", "25:00", "12:60"].some(isClockTime)).toBe(false);
  expect(isDay("2026-12-31")).toBe(true);
  expect(["", "2026-13-01", "31.12.2026"].some(isDay)).toBe(false);
});

test("what the clock shows is of the line's time zone", () => {
  const at = Date.parse("2026-07-01T10:30:59Z");
  expect(wallClock(at, "Europe/Berlin")).toBe("2026-07-01T12:30");
  expect(wallClock(at, "Asia/Kathmandu")).toBe("2026-07-01T16:15");
  expect(wallClock(Date.parse("2026-07-01T22:00:00Z"), "Europe/Berlin")).toBe("2026-07-02T00:00");
  expect(wallClock(at, "Europe/Atlantis")).toBeNull();
});

test("a time of that clock is a moment, also when the clock is put forward or back", () => {
  const berlin = (local: string) => momentOf(local, "Europe/Berlin");
  expect(berlin("2026-07-01T12:30")).toBe("2026-07-01T10:30:00.000Z");
  expect(berlin("2026-01-01T12:30")).toBe("2026-01-01T11:30:00.000Z");
  // Put forward from 2:00 to 3:00.
  expect(berlin("2026-03-29T01:59")).toBe("2026-03-29T00:59:00.000Z");
  expect(berlin("2026-03-29T02:30")).toBe("2026-03-29T01:30:00.000Z");
  expect(berlin("2026-03-29T03:00")).toBe("2026-03-29T01:00:00.000Z");
  // Put back from 3:00 to 2:00: the first of the two.
  expect(berlin("2026-10-25T02:30")).toBe("2026-10-25T00:30:00.000Z");
  expect(berlin("2026-10-25T03:00")).toBe("2026-10-25T02:00:00.000Z");
  expect(momentOf("", "Europe/Berlin")).toBeNull();
  expect(momentOf("2026-07-01T12:30", "Europe/Atlantis")).toBeNull();
});
