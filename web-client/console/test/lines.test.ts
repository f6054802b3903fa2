import { beforeEach, expect, test } from "vitest";
import { valueAt } from "../core/fields.ts";
import { NOT_ASKED } from "../core/failure.ts";
import { byName, formOf, isUnsaved, lineOf, toolsOf, unsaved, zoneOf } from "../core/lines.ts";
import type { LinesEvent } from "../core/lines.ts";
import { DESK, hashOf, LINES, placeOf, placeOfLine } from "../core/place.ts";
import { administers, leavesChanges, operatorsBeside, shownPlace } from "../core/select-lines.ts";
import { line, settings } from "./line.ts";
import { Story } from "./story.ts";

let story: Story;

beforeEach(() => {
  story = Story.atDesk();
  becomes("administrator");
  story.shows();
  tell({ kind: "listed", lines: [line(), line({ id: "support", settings: settings({ name: "Support" }) })] });
  story.on({ on: "place", place: placeOfLine("sales") });
});

function becomes(role: "operator" | "supervisor" | "administrator"): void {
  story.on({ on: "signed_in", me: { ...story.state.me!, role } });
}

function tell(event: LinesEvent): void {
  story.on({ on: "lines", event });
}

function renames(id: string, name: string): void {
  const form = formOf(story.state.setting, id)!;
  tell({ kind: "edited", line: id, settings: { ...form.settings, name } });
}

const form = () => formOf(story.state.setting, "sales")!;

test("the address names the place, and what it does not name is the desk", () => {
  for (const place of [DESK, LINES, placeOfLine("a/b ü"), placeOfLine("sales", "history")]) {
    expect(placeOf(hashOf(place))).toEqual(place);
  }
  for (const hash of ["", "#", "#/", "#/setup/token", "#/linesx", "lines"]) {
    expect(placeOf(hash)).toEqual(DESK);
  }
  expect(placeOf("#/lines/sales/nonsense")).toEqual(placeOfLine("sales"));
  expect(placeOf("#/lines/%E0%A4%A")).toEqual(placeOfLine("%E0%A4%A"));
});

test("operators have their desk only, supervisors look, administrators change", () => {
  expect(administers(story.state)).toBe(true);
  becomes("supervisor");
  expect(shownPlace(story.state)).toEqual(placeOfLine("sales"));
  expect(administers(story.state)).toBe(false);
  becomes("operator");
  expect(shownPlace(story.state)).toEqual(DESK);
});

test("changes survive a lost connection and a new snapshot", () => {
  renames("sales", "Shop");
  story.on({ on: "link", link: { state: "offline", nextTryAt: 0, why: "lost" } });
  story.shows();
  tell({ kind: "listed", lines: [line()] });
  expect(form().settings.name).toBe("Shop");
  expect(unsaved(story.state.setting)).toEqual(["sales"]);
});

test("what is stored meanwhile is offered beside what was changed", () => {
  renames("sales", "Shop");
  tell({ kind: "listed", lines: [line({ version: 2, settings: settings({ active: false }) })] });
  expect(form().newer?.version).toBe(2);
  tell({ kind: "mine_kept", line: "sales" });
  expect(form().settings).toMatchObject({ name: "Shop", active: false });
  tell({ kind: "submitted", line: "sales" });
  tell({ kind: "saved", line: line({ version: 3, settings: settings({ name: "Shop", active: false }) }) });
  expect(isUnsaved(story.state.setting, "sales")).toBe(false);
  expect(lineOf(story.state.setting, "sales")?.version).toBe(3);
});

test("a list that was read before the last save does not take it back", () => {
  renames("sales", "Shop");
  tell({ kind: "submitted", line: "sales" });
  tell({ kind: "saved", line: line({ version: 2, settings: settings({ name: "Shop" }) }) });
  tell({ kind: "listed", lines: [line()] });
  expect(lineOf(story.state.setting, "sales")?.settings.name).toBe("Shop");
  expect(form().settings.name).toBe("Shop");
});

test("discarding goes back to what is stored", () => {
  renames("sales", "Shop");
  tell({ kind: "discarded", line: "sales" });
  expect(form().settings.name).toBe("Sales");
});

test("leaving is asked about only where changes would be left behind", () => {
  expect(leavesChanges(story.state, DESK)).toBe(false);
  renames("sales", "Shop");
  expect(leavesChanges(story.state, DESK)).toBe(true);
  expect(leavesChanges(story.state, "signed_out")).toBe(true);
  expect(leavesChanges(story.state, placeOfLine("support"))).toBe(true);
  expect(leavesChanges(story.state, placeOfLine("sales", "history"))).toBe(false);
  renames("sales", "Sales");
  expect(leavesChanges(story.state, DESK)).toBe(false);
});

test("signing out forgets the lines and stays at the address", () => {
  renames("sales", "Shop");
  story.on({ on: "signed_out", problem: null });
  expect(story.state.setting).toMatchObject({ all: null, forms: {} });
  expect(story.state.place).toEqual(placeOfLine("sales"));
});

test("an answer about a line that is not open any more is dropped", () => {
  tell({ kind: "asked", line: "sales", tool: "audit" });
  expect(toolsOf(story.state.setting, "sales").audit.busy).toBe(true);
  tell({ kind: "asked", line: "support", tool: "audit" });
  tell({ kind: "told", line: "sales", tool: "audit", value: [] });
  expect(toolsOf(story.state.setting, "sales").audit).toEqual(NOT_ASKED);
  expect(toolsOf(story.state.setting, "support").audit).toMatchObject({ busy: true, value: null });
});

test("an answer stays on the screen while it is asked for anew", () => {
  const tools = () => toolsOf(story.state.setting, "sales").audit;
  tell({ kind: "asked", line: "sales", tool: "audit" });
  tell({ kind: "told", line: "sales", tool: "audit", value: [] });
  tell({ kind: "asked", line: "sales", tool: "audit" });
  expect(tools()).toEqual({ busy: true, value: [], failure: null });
  tell({ kind: "untold", line: "sales", tool: "audit", failure: { why: "later" } });
  expect(tools()).toEqual({ busy: false, value: null, failure: { why: "later" } });
});

test("a line that uses another's calendar goes by its clock", () => {
  const zone = "Asia/Tokyo";
  const tokyo = settings({ hours: { ...settings().hours, timezone: zone } });
  tell({ kind: "stored", line: line({ id: "tokyo", settings: tokyo }) });
  const mine = settings({ hours: { ...settings().hours, calendar_of: "tokyo" } });
  expect(zoneOf(story.state.setting, mine)).toBe(zone);
  expect(zoneOf(story.state.setting, settings())).toBe("Europe/Berlin");
});

test("lines are in the order of their names, numbers as numbers", () => {
  const all = ["Acme 10", "Acme 2", "Ближе"].map((name) =>
    line({ id: name, settings: settings({ name }) }),
  );
  expect(byName(all, "en-GB").map((one) => valueAt(one.settings, "name"))).toEqual([
    "Acme 2",
    "Acme 10",
    "Ближе",
  ]);
});

test("only who is enabled and not there yet can be put into a queue", () => {
  expect(operatorsBeside(story.state, ["anna"]).map(({ id }) => id)).toEqual(["boris"]);
});
