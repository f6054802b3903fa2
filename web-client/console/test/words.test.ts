import { expect, test } from "vitest";
import { fileAddress } from "../core/attachment.ts";
import { preview } from "../i18n/kind.ts";
import { reasonWords } from "../i18n/reason.ts";
import { languageFor, languages } from "../i18n/words.ts";
import { countdown, lasting, leftMs } from "../view/time.ts";
import { row } from "./story.ts";

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

test("a fresh offer of a minute begins at one minute, though our clock is behind", () => {
  const [offered, until] = ["2026-03-01T09:00:00Z", "2026-03-01T09:01:00Z"];
  const shown = [-900, 0, 1_000].map((ms) => leftMs(until, offered, Date.parse(offered) + ms));
  expect(shown.map(countdown)).toEqual(["1:00", "1:00", "0:59"]);
});

test("a newcomer gets the language of the browser, else English", () => {
  expect(languageFor(["ru-RU", "en"])).toBe("ru");
  expect(languageFor(["de", "ru"])).toBe("en");
  expect(languageFor([])).toBe("en");
});

test("a message without text is previewed in the reader's language, whatever it is", () => {
  const kinds = ["voice", "poll", "deleted", "hologram", "constructor"];
  const rows = kinds.map((preview_kind) => row({ preview: "", preview_kind }));
  rows.push(row({ preview: "" }));
  expect(rows.map((one) => preview(ru, one))).toEqual([
    "Голосовое сообщение",
    "Опрос",
    "Сообщение удалено",
    "Вложение незнакомого вида",
    "Вложение незнакомого вида",
    "Без текста",
  ]);
  expect(preview(en, row({ preview: "", preview_kind: "location" }))).toBe("Location");
});

test("both languages know the same kinds", () => {
  expect(Object.keys(ru.attachment.kinds)).toEqual(Object.keys(en.attachment.kinds));
});

test("only web addresses of files become links", () => {
  const file = (external_id: string) => fileAddress({ kind: "file", what: "photo", external_id });
  expect(file("https://a.example/b c.png")).toBe("https://a.example/b%20c.png");
  for (const other of ["javascript:alert(1)", "data:text/html,x", "AgACAgI", "https://", " https:x"]) {
    expect(file(other)).toBeNull();
  }
  expect(fileAddress({ kind: "file", what: "photo" })).toBeNull();
});

test("being blocked is said in the reader's language, other reasons as the platform gave them", () => {
  expect(reasonWords(ru, "403: Forbidden: bot was blocked by the user")).toBe("клиент нас заблокировал");
  expect(reasonWords(ru, "400: chat not found")).toBe("400: chat not found");
});
