import { expect, test } from "vitest";
import type { Summary } from "../core/line.ts";
import { languages } from "../i18n/words.ts";
import { SUM_NAMES, sumWords, verdictOf } from "../view/lines/rehearsed.ts";

const { en, ru } = languages;

function summary(change: Partial<Summary> = {}): Summary {
  return {
    conversations: 4,
    accepted: 3,
    missed: 1,
    declined: 0,
    unanswered: 1,
    wait_p50_seconds: 20,
    wait_p90_seconds: 60,
    wait_max_seconds: 90,
    by_operator: [],
    ...change,
  };
}

const NOBODY_ACCEPTED = summary({
  accepted: 0,
  wait_p50_seconds: null,
  wait_p90_seconds: null,
  wait_max_seconds: null,
});

test("where nobody accepted anything, there is no wait", () => {
  expect(sumWords(en, "wait_p50_seconds", null)).toBe("none");
  expect(sumWords(ru, "wait_max_seconds", null)).toBe("нет");
  expect(sumWords(en, "wait_p50_seconds", 0)).toBe("0 s");
  expect(sumWords(en, "missed", 0)).toBe("0");
});

test("a wait is neither better nor worse than none", () => {
  for (const name of SUM_NAMES) {
    expect(verdictOf(name, summary(), NOBODY_ACCEPTED)).toBeNull();
    expect(verdictOf(name, NOBODY_ACCEPTED, summary())).toBeNull();
    expect(verdictOf(name, NOBODY_ACCEPTED, NOBODY_ACCEPTED)).toBeNull();
  }
});

test("a shorter wait is better, and more that are missed are worse", () => {
  const after = summary({ missed: 2, wait_p50_seconds: 0, wait_p90_seconds: 61, accepted: 2 });
  const verdicts = SUM_NAMES.map((name) => [name, verdictOf(name, summary(), after)]);
  expect(verdicts.filter(([, verdict]) => verdict !== null)).toEqual([
    ["missed", "worse"],
    ["wait_p50_seconds", "better"],
    ["wait_p90_seconds", "worse"],
  ]);
});
