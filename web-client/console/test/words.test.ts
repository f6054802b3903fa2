import { expect, test } from "vitest";
import { languageFor, languages } from "../i18n/words.ts";
import { countdown, lasting } from "../view/time.ts";

const { en, ru } = languages;

test("numbers have the right noun", () => {
  const unread = [1, 2, 5, 11, 21, 22].map((n) => ru.lists.unread(n));
  expect(unread).toEqual([
    "1 непрочитанное сообщение",
    "2 непрочитанных сообщения",
    "5 непрочитанных сообщений",
    "11 непрочитанных сообщений",
    "21 непрочитанное сообщение",
    "22 непрочитанных сообщения",
  ]);
  expect([1, 2].map((n) => en.lists.unread(n))).toEqual(["1 unread message", "2 unread messages"]);
});

test("durations use the units that matter", () => {
  const minutes = 60_000;
  const shown = [59_999, 12 * minutes, 60 * minutes, 125 * minutes, 50 * 60 * minutes];
  expect(shown.map((ms) => lasting(en, ms))).toEqual(["59 s", "12 min", "1 h", "2 h 5 min", "2 days"]);
});

test("a countdown never shows zero before the end", () => {
  expect([61_000, 59_001, 500, 0, -5].map(countdown)).toEqual(["1:01", "1:00", "0:01", "0:00", "0:00"]);
});

test("a newcomer gets the language of the browser, else English", () => {
  expect(languageFor(["ru-RU", "en"])).toBe("ru");
  expect(languageFor(["de", "ru"])).toBe("en");
  expect(languageFor([])).toBe("en");
});
