/** The settings of a line while somebody changes them. */

import type { Failure, Problem } from "./failure.ts";
import {
  changedFields,
  fieldNamed,
  FIELDS,
  merged,
  valueAt,
  type FieldName,
} from "./fields.ts";
import { isClockTime, isDay } from "./hours.ts";
import type { Interval, Line, LineSettings } from "./line.ts";

export type LineForm = {
  /** As stored when these changes were begun. */
  base: Line;
  settings: LineSettings;
  problems: readonly Problem[];
  /** How often it was said that something is wrong. */
  warnings: number;
  step: Step;
  /** Stored by somebody else meanwhile. */
  newer: Line | null;
};

export type Step =
  | { is: "editing" }
  | { is: "saving"; sent: LineSettings }
  | { is: "saved" }
  | { is: "failed"; failure: Failure };

export function freshForm(line: Line): LineForm {
  return {
    base: line,
    settings: line.settings,
    problems: [],
    warnings: 0,
    step: { is: "editing" },
    newer: null,
  };
}

export function changesOf(form: LineForm): FieldName[] {
  return changedFields(form.base.settings, form.settings);
}

export function isChanged(form: LineForm): boolean {
  return changesOf(form).length > 0;
}

/** What was wrong with a field is not known any more once it is changed. */
export function edited(form: LineForm, settings: LineSettings): LineForm {
  const changed = new Set(changedFields(form.settings, settings));
  const problems = form.problems.filter((problem) => {
    const field = fieldNamed(problem.field);
    return field === null || !changed.has(field);
  });
  const step: Step = form.step.is === "saving" ? form.step : { is: "editing" };
  return { ...form, settings, problems, step };
}

/** Begins to save, or says what is not filled in. */
export function submitted(form: LineForm): LineForm {
  const problems = unfinished(form.settings);
  if (problems.length > 0) return warned(form, problems);
  return { ...form, problems, step: { is: "saving", sent: form.settings } };
}

/** What was changed since it was sent stays a change. */
export function saved(form: LineForm, line: Line): LineForm {
  const sent = form.step.is === "saving" ? form.step.sent : form.settings;
  const settings = merged(sent, form.settings, line.settings);
  const isAll = changedFields(line.settings, settings).length === 0;
  const step: Step = isAll ? { is: "saved" } : { is: "editing" };
  return { ...freshForm(line), settings: isAll ? line.settings : settings, step };
}

export function notSaved(form: LineForm, failure: Failure): LineForm {
  switch (failure.why) {
    case "stale":
      if (failure.current === null) return { ...form, step: { is: "failed", failure } };
      return { ...form, step: { is: "editing" }, newer: failure.current };
    case "invalid":
      return warned(form, failure.problems);
    case "unreachable":
    case "signed_out":
    case "forbidden":
    case "not_found":
    case "too_large":
    case "too_much":
    case "later":
    case "unreadable_file":
    case "unexpected":
      return { ...form, step: { is: "failed", failure } };
    default:
      return failure satisfies never;
  }
}

function warned(form: LineForm, problems: readonly Problem[]): LineForm {
  return { ...form, step: { is: "editing" }, problems, warnings: form.warnings + 1 };
}

/** The line as it is stored now: an untouched form follows, changes are not lost. */
export function met(form: LineForm, line: Line): LineForm {
  const known = Math.max(form.base.version, form.newer?.version ?? 0);
  if (line.version <= known || form.step.is === "saving") return form;
  return isChanged(form) ? { ...form, newer: line } : { ...freshForm(line), step: form.step };
}

export function newerTaken(form: LineForm): LineForm {
  return freshForm(form.newer ?? form.base);
}

/** My changes, on top of what is stored now. */
export function mineKept(form: LineForm): LineForm {
  if (form.newer === null) return form;
  const { base, settings, newer } = form;
  return { ...form, base: newer, newer: null, settings: merged(base.settings, settings, newer.settings) };
}

/** What two people have changed, each apart and both alike. */
export type Meanwhile = { theirs: FieldName[]; mine: FieldName[]; both: FieldName[] };

export function meanwhile(form: LineForm, newer: Line): Meanwhile {
  const theirs = changedFields(form.base.settings, newer.settings);
  const mine = changesOf(form);
  const differs = new Set(changedFields(newer.settings, form.settings));
  const both = mine.filter((field) => theirs.includes(field) && differs.has(field));
  return { theirs, mine, both };
}

/** What cannot be sent, as it is no number, no day or no time yet. */
export function unfinished(settings: LineSettings): Problem[] {
  const numbers = FIELDS.filter((field) => {
    const value: unknown = valueAt(settings, field);
    return typeof value === "number" && !(Number.isInteger(value) && value >= 0);
  });
  const { week, holidays } = settings.hours;
  const days = Object.entries(week).filter(([, intervals]) => !areTimes(intervals));
  const spoilt = holidays.findIndex(
    ({ from, to, intervals }) => !isDay(from) || !isDay(to) || !areTimes(intervals),
  );
  return [
    ...numbers.map((field) => ({ field, allowed: "a whole number" })),
    ...days.map(([day]) => ({ field: `hours.week.${day}`, allowed: "times" })),
    ...(spoilt < 0 ? [] : [{ field: "hours.holidays", allowed: `number ${spoilt + 1}: days and times` }]),
  ];
}

/** The problems of one field, in the server's order. */
export function problemsAt(form: LineForm, field: FieldName): Problem[] {
  return form.problems.filter((problem) => fieldNamed(problem.field) === field);
}

/** The fields to blame, from the top of the form. */
export function spoiltFields(form: LineForm): FieldName[] {
  return FIELDS.filter((field) => problemsAt(form, field).length > 0);
}

/** `number 3: at most ...` is about the third of a list. */
export function numberedProblem(problem: Problem): { index: number | null; allowed: string } {
  const [, number, allowed] = /^number (\d+): (.*)$/s.exec(problem.allowed) ?? [];
  if (number === undefined || allowed === undefined) return { index: null, allowed: problem.allowed };
  return { index: Number(number) - 1, allowed };
}

/** The list with one thing put elsewhere. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const target = Math.min(Math.max(to, 0), list.length - 1);
  if (from === target || from < 0 || from >= list.length) return list;
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, target), ...list.slice(from, from + 1), ...rest.slice(target)];
}

function areTimes(intervals: readonly Interval[]): boolean {
  return intervals.every(({ from, to }) => isClockTime(from) && isClockTime(to));
}
