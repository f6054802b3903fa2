import { expect, test } from "vitest";
import { FIELDS } from "../core/fields.ts";
import { filled, placeholdersOf, sampleValues, unknownPlaceholder } from "../core/texts.ts";
import { allowedWords } from "../i18n/allowed.ts";
import { languages } from "../i18n/words.ts";
import { secondsWords, weekWords } from "../view/lines/values.ts";
import { settings, WEEK } from "./line.ts";

const { en, ru } = languages;

/** All that the server says, from `src/domain/line` and the API. */
const ALLOWED = [
  "1..100 characters",
  "1..100 characters each",
  "0 or 30..86400",
  "60..1800",
  "at most 1000",
  "each once",
  "each operator once",
  "1..2000 characters, or null for the default text",
  "no {colour}; only {operator}, {company}, {customer}",
  "an https address, or null",
  "only with topics to choose from",
  "ids of operators that there are",
  "at most 8 intervals that do not overlap, each from 00:00..23:59 to 00:00..24:00",
  "from a day to the same or a later one",
  "yearly: less than a year from day to day",
  "days of the years 1970..9998",
  "a name of at most 100 characters",
  "calendars in the iCalendar format",
  "at most 1000 holidays from today on",
  "the IANA name of a time zone",
];

test("what is allowed is said in the reader's language", () => {
  const say = (allowed: string) => allowedWords(ru.lines.allowed, allowed);
  expect(say("0 or 30..86400")).toBe("0 или от 30 до 86400");
  expect(say("1..2000 characters, or null for the default text")).toBe(
    "от 1 до 2000 символов, или пусто для стандартного текста",
  );
  expect(say("no {colour}; only {operator}, {company}")).toBe(
    "нет такой подстановки {colour}, только {operator}, {company}",
  );
  expect(say("something of a later version")).toBe("something of a later version");
});

test("there are Russian words for all that the server says", () => {
  const names = (text: string) =>
    text.replaceAll(/\{\w+\}|https:\/\/|iCalendar|Europe\/Moscow/g, "");
  for (const allowed of ALLOWED) {
    expect(names(allowedWords(ru.lines.allowed, allowed))).not.toMatch(/[a-z]/i);
  }
});

test("every hint and every choice is there in both languages", () => {
  expect(Object.keys(ru.settings.hints).sort()).toEqual(Object.keys(en.settings.hints).sort());
  expect(Object.keys(ru.lines.history.what)).toEqual(Object.keys(en.lines.history.what));
  expect(FIELDS.every((field) => ru.settings.fields[field] !== en.settings.fields[field])).toBe(true);
});

test("seconds are said as minutes or hours too", () => {
  const said = [30, 90, 600, 3_600, 86_400].map((seconds) => secondsWords(en, seconds));
  expect(said).toEqual(["0:30 min", "1:30 min", "10:00 min", "1:00:00 h", "24:00:00 h"]);
});

test("a week can be read out", () => {
  const week = { ...WEEK, saturday: [{ from: "00:00", to: "24:00" }] };
  expect(weekWords(en, week)).toBe(
    "Mon 09:00–18:00; Tue 09:00–18:00; Wed 09:00–18:00; Thu 09:00–18:00; Fri 09:00–18:00; " +
      "Sat round the clock; Sun closed",
  );
});

test("placeholders are filled in once, and others stay as they are", () => {
  const values = { company: "Acme", customer: "{company}", operator: "Anna", opens_at: "today" };
  expect(filled("{customer} {operator} {colour} {Company} {", values)).toBe(
    "{company} Anna {colour} {Company} {",
  );
});

test("a placeholder that would be sent as it stands is found", () => {
  const find = (text: string) => unknownPlaceholder(text, placeholdersOf("welcome.text"));
  expect(find("Hello {customer} { } {Company}")).toBeNull();
  expect(find("We open {opens_at}")).toBe("opens_at");
  expect(unknownPlaceholder("{opens_at}", placeholdersOf("hours.text"))).toBeNull();
});

test("the sample operator is shown as customers would see him", () => {
  const operator = (change: Parameters<typeof settings>[0]) =>
    sampleValues(settings(change), "Acme", (id) => id.toUpperCase()).operator;
  const personas = [{ operator: "anna", name: "Alice", picture: null }];
  expect(operator({})).toBe("ANNA");
  expect(operator({ operator_shown_as: "hidden" })).toBe("Acme");
  expect(operator({ operator_shown_as: "persona" })).toBe("Acme");
  expect(operator({ operator_shown_as: "persona", personas })).toBe("Alice");
  expect(operator({ queue: { ...settings().queue, operators: [] } })).toBe("Acme");
});
