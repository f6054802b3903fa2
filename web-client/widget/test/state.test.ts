import { expect, test } from "vitest";
import type { Item, News, Started } from "../core/protocol.ts";
import { readableOn } from "../core/color.ts";
import { wanted } from "../core/select.ts";
import { initial, reduce, type State, type StateEvent } from "../core/state.ts";
import { samples } from "../core/samples.ts";

const IDLE = {
  phase: "idle",
  with: null,
  queue: null,
  rating: null,
  hours: { open: true, opens_at: null },
} as const;

function news(items: Item[], more: Partial<News> = {}): News {
  return { reset: false, items, position: "c.1", state: IDLE, ...more };
}

function message(n: number, text: string, own: string | null): Item {
  const at = "2026-03-02T09:00:00Z";
  const from = own === null ? ({ who: "company" } as const) : ({ who: "visitor" } as const);
  const id = own === null ? {} : { id: own };
  return { kind: "message", conversation: "c", n, at, from, text, ...id };
}

function started(more: Partial<Started["widget"]> = {}, what: News = news([])): Started {
  const form = { before_chat: false, offline: true, name: "optional", phone: "no", email: "required" } as const;
  const look = { title: null, greeting: null, color: "#1f6feb", theme: "auto", side: "right" } as const;
  return {
    token: "t",
    widget: { title: "Shop", look, form, consent: null, ...more },
    visitor: { introduced: false, consented: false, vouched: null },
    news: what,
  };
}

function story(...events: StateEvent[]): State {
  return events.reduce(reduce, initial);
}

test("an own message stands there once, from the moment that it is written", () => {
  const act = { type: "message", id: "m1", text: "hello" } as const;
  const written = story({ on: "started", started: started() }, { on: "acted", act, at: 1 });
  expect(written.pending.map(({ text }) => text)).toEqual(["hello"]);
  const back = reduce(written, { on: "news", news: news([message(1, "hello", "m1")]) });
  expect([back.pending.length, back.items.length]).toEqual([0, 1]);
});

test("what comes while nobody looks is unread", () => {
  const before = news([message(1, "hello", "m1"), message(2, "old", null)], { reset: true });
  const opened = story({ on: "started", started: started({}, before) });
  expect(opened.unread).toBe(0);
  const came = reduce(opened, { on: "news", news: news([message(3, "new", null)]) });
  expect(came.unread).toBe(1);
  expect(reduce(came, { on: "shown", isOpen: true }).unread).toBe(0);
});

test("a beginning anew replaces everything", () => {
  const one = story({ on: "started", started: started({}, news([message(1, "a", null)])) });
  const anew = reduce(one, { on: "news", news: news([message(9, "b", null)], { reset: true }) });
  expect(anew.items).toHaveLength(1);
});

test("forms stand in the way only of a new conversation", () => {
  const form = { before_chat: true, offline: true, name: "no", phone: "no", email: "required" } as const;
  const asked = story({ on: "started", started: started({ form }) });
  expect(wanted(asked)).toBe("contacts");
  const open = { ...IDLE, phase: "waiting" as const };
  expect(wanted(reduce(asked, { on: "news", news: news([], { state: open }) }))).toBeNull();
  const closed = { ...IDLE, hours: { open: false, opens_at: null } };
  const plain = story({ on: "started", started: started() });
  expect(wanted(plain)).toBeNull();
  expect(wanted(reduce(plain, { on: "news", news: news([], { state: closed }) }))).toBe("offline");
  const agrees = story({ on: "started", started: started({ consent: "We read what you write." }) });
  expect(wanted(agrees)).toBe("consent");
});

test("a filled form opens the way", () => {
  const act = { type: "introduce", id: "f", name: "", phone: "", email: "", consent: true } as const;
  const consent = "We read what you write.";
  const sent = story({ on: "started", started: started({ consent }) }, { on: "acted", act, at: 1 });
  expect(sent.form.busy).toBe("f");
  const bad = { outcome: "refused", code: "bad_value", field: "email" } as const;
  const refused = reduce(sent, { on: "answered", id: "f", outcome: bad });
  expect([refused.form.busy, refused.form.problem?.code]).toEqual([null, "bad_value"]);
  expect(wanted(reduce(sent, { on: "answered", id: "f", outcome: { outcome: "done" } }))).toBeNull();
});

test("every item of the hub is taken in", () => {
  const { type: _, ...all } = samples.news;
  expect(story({ on: "news", news: all }).items).toHaveLength(5);
});

test("words can be read on any colour", () => {
  expect(readableOn("#ffffff")).toBe("#000000");
  expect(readableOn("#1f6feb")).toBe("#ffffff");
  expect(readableOn("#ffd500")).toBe("#000000");
});
