import { expect, test } from "vitest";
import { chosenEnd, fieldTime, holdEnd } from "../core/desk/hold.ts";

const NOW = new Date(2026, 2, 31, 17, 30).getTime();

test("a hold ends after a while, or tomorrow morning", () => {
  expect(holdEnd("quarter", NOW)).toBe(new Date(2026, 2, 31, 17, 45).getTime());
  expect(holdEnd("hour", NOW)).toBe(new Date(2026, 2, 31, 18, 30).getTime());
  expect(holdEnd("tomorrow", NOW)).toBe(new Date(2026, 3, 1, 9, 0).getTime());
});

test("a field shows local time and is read as such", () => {
  expect(fieldTime(NOW)).toBe("2026-03-31T17:30");
  expect(chosenEnd("2026-04-01T08:05", NOW)).toBe(new Date(2026, 3, 1, 8, 5).getTime());
});

test("past times, far ones and none at all are no end of a hold", () => {
  for (const field of ["2026-03-31T17:30", "2026-07-02T12:00", "", "tomorrow"]) {
    expect(chosenEnd(field, NOW)).toBeNull();
  }
});
