import { expect, test } from "vitest";
import {
  changedFields,
  fieldNamed,
  FIELDS,
  merged,
  SECTIONS,
  valueAt,
  withValue,
} from "../core/fields.ts";
import {
  changesOf,
  edited,
  freshForm,
  isChanged,
  meanwhile,
  met,
  mineKept,
  moved,
  newerTaken,
  notSaved,
  numberedProblem,
  problemsAt,
  saved,
  spoiltFields,
  submitted,
  unfinished,
  type LineForm,
} from "../core/line-form.ts";
import type { LineSettings } from "../core/line.ts";
import { line, settings, WEEK } from "./line.ts";

const named = (name: string) => (form: LineForm) => edited(form, { ...form.settings, name });

/** A form of the line at version 1 in which the name was changed. */
function renamed(name = "Shop"): LineForm {
  return named(name)(freshForm(line()));
}

/** The line as Boris has stored it. */
function newer(change: Partial<LineSettings>, version = 2) {
  return line({ version, settings: settings(change) });
}

test("every field of the settings has its place in the form", () => {
  const all = Object.entries(settings()).flatMap(([key, value]) =>
    typeof value === "object" && !Array.isArray(value)
      ? Object.keys(value as object).map((inner) => `${key}.${inner}`)
      : [key],
  );
  expect([...FIELDS].sort()).toEqual(all.sort());
  expect(SECTIONS[0]).toBe("general");
});

test("a field is read and set by its name, and nothing else with it", () => {
  const before = settings();
  const after = withValue(before, "queue.mode", "all");
  expect(valueAt(after, "queue.mode")).toBe("all");
  expect(valueAt(withValue(before, "name", "Shop"), "name")).toBe("Shop");
  expect(changedFields(before, after)).toEqual(["queue.mode"]);
  expect(before.queue.mode).toBe("evenly");
});

test("what is equal is no change, whatever the order of its keys", () => {
  const holiday = { from: "2026-12-31", to: "2026-12-31", yearly: false, intervals: [] };
  const one = { ...holiday, name: "New year", imported: false };
  const other = { imported: false, name: "New year", ...holiday };
  const before = withValue(settings(), "hours.holidays", [one]);
  expect(changedFields(before, withValue(before, "hours.holidays", [other]))).toEqual([]);
  expect(changedFields(before, withValue(before, "hours.holidays", [one, one]))).toEqual([
    "hours.holidays",
  ]);
  expect(changedFields(before, withValue(before, "queue.operators", ["boris", "anna"]))).toEqual([
    "queue.operators",
  ]);
});

test("a number that is being typed is a change, and cannot be sent", () => {
  const form = edited(freshForm(line()), withValue(settings(), "answer.limit_seconds", Number.NaN));
  expect(changesOf(form)).toEqual(["answer.limit_seconds"]);
  const tried = submitted(form);
  expect(tried.step).toEqual({ is: "editing" });
  expect(spoiltFields(tried)).toEqual(["answer.limit_seconds"]);
});

test("half a time and half a day cannot be sent either", () => {
  const holiday = { to: "2026-12-31", yearly: false, intervals: [], name: "", imported: false };
  const wrong = settings({
    hours: {
      ...settings().hours,
      week: { ...WEEK, sunday: [{ from: "", to: "24:00" }] },
      holidays: [
        { ...holiday, from: "2026-12-31" },
        { ...holiday, from: "" },
      ],
    },
  });
  expect(unfinished(wrong)).toEqual([
    { field: "hours.week.sunday", allowed: "times" },
    { field: "hours.holidays", allowed: "number 2: days and times" },
  ]);
  expect(unfinished(settings())).toEqual([]);
  for (const value of [-1, 1.5]) {
    expect(unfinished(withValue(settings(), "queue.known_operator_days", value))).toHaveLength(1);
  }
});

test("undoing a change by hand leaves none", () => {
  expect(isChanged(renamed())).toBe(true);
  expect(isChanged(named("Sales")(renamed()))).toBe(false);
});

test("a saved form has no changes, and says so until the next one", () => {
  const sent = submitted(renamed());
  expect(sent.step).toEqual({ is: "saving", sent: sent.settings });
  const done = saved(sent, newer({ name: "Shop" }));
  expect(done.step).toEqual({ is: "saved" });
  expect(isChanged(done)).toBe(false);
  expect(done.base.version).toBe(2);
  expect(named("Store")(done).step).toEqual({ is: "editing" });
});

test("what is changed while it is being saved stays a change", () => {
  const sent = submitted(renamed());
  const more = edited(sent, withValue(sent.settings, "active", false));
  expect(more.step.is).toBe("saving");
  const done = saved(more, newer({ name: "Shop" }));
  expect(changesOf(done)).toEqual(["active"]);
  expect(done.step).toEqual({ is: "editing" });
});

test("problems stand at their fields, from the top of the form", () => {
  const problems = [
    { field: "topics", allowed: "each once" },
    { field: "hours.week.monday", allowed: "at most 8 intervals" },
    { field: "personas.picture", allowed: "an https address, or null" },
    { field: "colour", allowed: "red" },
  ];
  const form = notSaved(submitted(renamed()), { why: "invalid", problems });
  expect(form.step).toEqual({ is: "editing" });
  expect(spoiltFields(form)).toEqual(["hours.week", "topics", "personas"]);
  expect(problemsAt(form, "hours.week")).toEqual([problems[1]]);
  expect(fieldNamed("topic_required")).toBe("topic_required");
  expect(fieldNamed("colour")).toBeNull();
});

test("a changed field is not wrong any more until the server says so again", () => {
  const problems = [
    { field: "name", allowed: "1..100 characters" },
    { field: "hours.week.monday", allowed: "at most 8 intervals" },
  ];
  const wrong = notSaved(submitted(renamed()), { why: "invalid", problems });
  expect(spoiltFields(named("Store")(wrong))).toEqual(["hours.week"]);
  const week = { ...WEEK, monday: [] };
  expect(spoiltFields(edited(wrong, withValue(wrong.settings, "hours.week", week)))).toEqual(["name"]);
});

test("one is led to what is wrong when it is said, not while one writes elsewhere", () => {
  const problems = [{ field: "name", allowed: "1..100 characters" }];
  const wrong = notSaved(submitted(renamed()), { why: "invalid", problems });
  expect(wrong.warnings).toBe(1);
  const elsewhere = edited(wrong, withValue(wrong.settings, "active", false));
  expect(elsewhere).toMatchObject({ warnings: 1, problems });
  expect(notSaved(submitted(elsewhere), { why: "invalid", problems }).warnings).toBe(2);
});

test("a problem with one of a list names its place", () => {
  expect(numberedProblem({ field: "hours.holidays", allowed: "number 3: days" })).toEqual({
    index: 2,
    allowed: "days",
  });
  expect(numberedProblem({ field: "hours.holidays", allowed: "at most 1000" })).toEqual({
    index: null,
    allowed: "at most 1000",
  });
});

test("a form in which nothing was changed follows what is stored", () => {
  const form = met(freshForm(line()), newer({ name: "Shop" }));
  expect(form).toMatchObject({ base: { version: 2 }, settings: { name: "Shop" }, newer: null });
});

test("changes are not lost when somebody else changes the line", () => {
  const form = met(renamed(), newer({ topics: ["Prices"] }));
  expect(form.settings.name).toBe("Shop");
  expect(form.newer?.version).toBe(2);
  expect(met(form, newer({}, 1)).newer?.version).toBe(2);
});

test("what comes while it is being saved is left to the answer", () => {
  const sending = submitted(renamed());
  expect(met(sending, newer({ name: "Shop" }))).toBe(sending);
});

test("of two people's changes each is told apart", () => {
  const theirs = newer({ name: "Market", topics: ["Prices"], active: false });
  const form = edited(renamed(), { ...renamed().settings, active: false });
  expect(meanwhile(form, theirs)).toEqual({
    theirs: ["name", "active", "topics"],
    mine: ["name", "active"],
    // Both have made it inactive: there is nothing to choose.
    both: ["name"],
  });
});

test("taking the newer drops my changes", () => {
  const form = notSaved(renamed(), { why: "stale", current: newer({ topics: ["Prices"] }) });
  expect(newerTaken(form)).toEqual(freshForm(newer({ topics: ["Prices"] })));
});

test("keeping mine puts my changes on top of the newer, ready to be saved", () => {
  const theirs = newer({ name: "Market", topics: ["Prices"] });
  const form = mineKept(notSaved(renamed(), { why: "stale", current: theirs }));
  expect(form).toMatchObject({ base: { version: 2 }, newer: null });
  expect(form.settings).toMatchObject({ name: "Shop", topics: ["Prices"] });
  expect(changesOf(form)).toEqual(["name"]);
});

test("nothing is taken over where nothing was changed", () => {
  const base = settings();
  const theirs = settings({ topics: ["Prices"] });
  expect(merged(base, base, theirs)).toBe(theirs);
});

test("a request that failed keeps the changes and says why", () => {
  const form = notSaved(submitted(renamed()), { why: "unreachable" });
  expect(form.step).toEqual({ is: "failed", failure: { why: "unreachable" } });
  expect(isChanged(form)).toBe(true);
});

test("a list is put in another order", () => {
  const list = ["a", "b", "c", "d"];
  expect(moved(list, 0, 2)).toEqual(["b", "c", "a", "d"]);
  expect(moved(list, 3, 0)).toEqual(["d", "a", "b", "c"]);
  expect(moved(list, 1, 9)).toEqual(["a", "c", "d", "b"]);
  expect(moved(list, 1, -4)).toEqual(["b", "a", "c", "d"]);
  expect(moved(list, 1, 1)).toBe(list);
  expect(moved(list, 7, 1)).toBe(list);
  expect(moved([], 0, 0)).toEqual([]);
});
