/** `src/domain/stories/permission.rs`, for the desk: the same cases, the same answers. */

import { expect, test } from "vitest";
import type { Me, Row } from "../../client/index.ts";
import { may, mayBlockCustomer, mayChangeCustomer, type Action } from "../core/desk/rights.ts";
import { held, offered, row } from "./story.ts";

const CASES = {
  waits_here: row({ line: "here" }),
  offered_here: { ...offered("she"), line: "here" },
  held_here: held("she", { line: "here" }),
  closed_here: held("she", { line: "here", state: "closed" }),
  waits_elsewhere: row({ line: "elsewhere" }),
  held_elsewhere: held("she", { line: "elsewhere" }),
  offered_to_him: { ...offered("he"), line: "elsewhere" },
  holds: held("he", { line: "elsewhere" }),
  finished: held("he", { line: "elsewhere", state: "closed" }),
  held: held("she", { line: "elsewhere", held: ["he", "she"] }),
  takes_part: held("she", { line: "elsewhere", joined: ["he"] }),
  handed_on: { ...offered("she"), line: "elsewhere", held: ["he"], handed_by: "he" },
  listed: row({ line: "elsewhere", listed_for: "he" }),
} satisfies Record<string, Row>;

type Case = keyof typeof CASES;
const NAMES = Object.keys(CASES) as Case[];
const HERE: Case[] = ["waits_here", "offered_here", "held_here", "closed_here"];
const HIS: Case[] = ["offered_to_him", "holds", "finished", "held", "takes_part", "handed_on", "listed"];

const BARE = { id: "he", name: "He", status: "available", status_reason: null, set_away: false } as const;
const OPERATOR: Me = { ...BARE, role: "operator", queues: ["here"], supervises: [] };
const SUPERVISOR: Me = { ...BARE, role: "supervisor", queues: [], supervises: ["here"] };
const ADMINISTRATOR: Me = { ...BARE, role: "administrator", queues: [], supervises: [] };

function allowed(me: Me, action: Action): Case[] {
  return NAMES.filter((name) => may(me, action, CASES[name]));
}

test("an operator reads what is his, and sees what he could take", () => {
  expect(allowed(OPERATOR, "read")).toEqual(HIS);
  expect(allowed(OPERATOR, "see")).toEqual(["waits_here", "offered_here", ...HIS]);
  expect(allowed(OPERATOR, "spam")).toEqual(["waits_here", "offered_here", ...HIS]);
  expect(allowed(OPERATOR, "pick_up")).toEqual(HIS);
});

test("an operator does what comes with having it, helping, or being asked", () => {
  expect(allowed(OPERATOR, "take")).toEqual(["waits_here", "offered_here", "offered_to_him", "listed"]);
  for (const action of ["handle", "move", "finish"] as const) {
    expect(allowed(OPERATOR, action)).toEqual(["holds", "finished"]);
  }
  expect(allowed(OPERATOR, "note")).toEqual(["holds", "finished", "takes_part"]);
  expect(allowed(OPERATOR, "reply")).toEqual(["holds", "finished", "held", "takes_part", "handed_on"]);
  expect(allowed(OPERATOR, "withdraw")).toEqual(["handed_on"]);
  expect(allowed(OPERATOR, "leave")).toEqual(["takes_part"]);
  expect(allowed(OPERATOR, "oversee")).toEqual([]);
});

test("a supervisor does everything in his lines, and elsewhere what an operator does", () => {
  expect(allowed(SUPERVISOR, "oversee")).toEqual(HERE);
  expect(allowed(SUPERVISOR, "finish")).toEqual([...HERE, "holds", "finished"]);
  expect(allowed(SUPERVISOR, "read")).toEqual([...HERE, ...HIS]);
});

test("a customer's card is changed by whoever has or had one of his conversations", () => {
  const changes = (me: Me) => NAMES.filter((name) => mayChangeCustomer(me, [CASES[name]]));
  expect(changes(OPERATOR)).toEqual(["holds", "finished", "held", "handed_on"]);
  expect(changes(SUPERVISOR)).toEqual([...HERE, "holds", "finished", "held", "handed_on"]);
  expect(mayChangeCustomer(OPERATOR, [])).toBe(false);
});

test("whoever may throw out a conversation may block the customer", () => {
  const blocks = NAMES.filter((name) => mayBlockCustomer(OPERATOR, [CASES[name]]));
  expect(blocks).toEqual(allowed(OPERATOR, "spam"));
});

test("an administrator does everything", () => {
  expect(allowed(ADMINISTRATOR, "oversee")).toEqual(NAMES);
});
