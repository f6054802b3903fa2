/** What the server says is allowed in a field, in the reader's words. */

import type { Words } from "./en.ts";

type AllowedWords = Words["lines"]["allowed"];

/** What nobody has words for is shown as the server says it. */
export function allowedWords(words: AllowedWords, allowed: string): string {
  for (const [pattern, say] of PATTERNS) {
    const found = pattern.exec(allowed);
    if (found) return say(words, found.slice(1) as [string, string]);
  }
  return allowed;
}

type Say = (words: AllowedWords, parts: [string, string]) => string;

const PATTERNS: readonly (readonly [RegExp, Say])[] = [
  [/^(.+), or null for the default text$/, (words, [what]) => words.orDefault(allowedWords(words, what))],
  [/^(\d+)\.\.(\d+) characters$/, (words, [from, to]) => words.characters(words.range(from, to))],
  [
    /^(\d+)\.\.(\d+) characters each$/,
    (words, [from, to]) => words.charactersEach(words.range(from, to)),
  ],
  [/^0 or (\d+)\.\.(\d+)$/, (words, [from, to]) => words.orZero(words.range(from, to))],
  [/^(\d+)\.\.(\d+)$/, (words, [from, to]) => words.range(from, to)],
  [/^at most (\d+)$/, (words, [n]) => words.atMost(n)],
  [/^no (\{\w+\}); only (.+)$/, (words, [unknown, known]) => words.placeholders(unknown, known)],
  [/^each (?:operator )?once$/, (words) => words.once],
  [/^a whole number$/, (words) => words.wholeNumber],
  [/^times$/, (words) => words.times],
  [/^days and times$/, (words) => words.daysAndTimes],
  [/^one that is free$/, (words) => words.free],
  [/^an https address, or null$/, (words) => words.picture],
  [/^only with topics to choose from$/, (words) => words.topicsFirst],
  [/^at most 8 intervals that do not overlap/, (words) => words.intervals],
  [/^from a day to the same or a later one$/, (words) => words.dayOrder],
  [/^yearly: less than a year/, (words) => words.lessThanAYear],
  [/^days of the years (\d+)\.\.(\d+)$/, (words, [from, to]) => words.years(from, to)],
  [/^a name of at most (\d+) characters$/, (words, [n]) => words.holidayName(n)],
  [/^ids of operators that there are$/, (words) => words.operators],
  [/^calendars in the iCalendar format$/, (words) => words.calendar],
  [/^at most (\d+) holidays from today on$/, (words, [n]) => words.holidaysToCome(n)],
  [/\bIANA\b|time ?zone/i, (words) => words.timezone],
  [/^(?:the )?ids? of (?:a|another) line\b/, (words) => words.line],
];
