import { expect, test } from "vitest";
import { isChatBehind, lastRouted, type Routed } from "../core/select.ts";
import { ANNA, CHAT, fact, held, offered, row, Story, wrote } from "./story.ts";

const ROUTED: Omit<Routed, "fact"> = {
  round: 1,
  via: "queue",
  offer: 1,
  operators: ["anna"],
  until: null,
  explanation: { mode: "evenly", candidates: [] },
};

test("an entry that comes while the chat loads is there once, and in its place", () => {
  const story = Story.atDesk();
  story.shows(held("anna"));
  story.opens();
  story.happens({ kind: "entry", conversation: CHAT, entry: wrote(3, "third") });
  story.happens({ kind: "entry", conversation: CHAT, entry: wrote(2, "second") });
  story.reads(wrote(1, "first"), wrote(2, "second"));
  expect(story.texts).toEqual(["first", "second", "third"]);
});

test("what happened to an entry while the chat loaded is not lost", () => {
  const story = Story.atDesk();
  story.shows(held("anna"));
  story.opens();
  story.happens({ kind: "delivery", conversation: CHAT, entry: 1, delivery: { state: "sent" } });
  story.reads(wrote(1, "hello", ANNA));
  expect(story.state.chat?.entries[0]?.body).toMatchObject({ delivery: { state: "sent" } });
});

test("a live entry that the chat has already is left out", () => {
  const story = Story.atDesk();
  story.shows(held("anna"));
  story.opens();
  story.reads(wrote(1, "first"));
  story.happens({ kind: "entry", conversation: CHAT, entry: wrote(1, "first") });
  story.happens({ kind: "entry", conversation: "0-other", entry: wrote(2, "elsewhere") });
  expect(story.texts).toEqual(["first"]);
});

test("an edit changes the text and says so", () => {
  const story = Story.atDesk();
  story.shows(held("anna"));
  story.opens();
  const entry = wrote(1, "helo");
  story.reads({ ...entry, body: { kind: "message", text: "helo", external_id: "77" } });
  const at = "2026-03-01T09:00:05Z";
  story.happens({ kind: "edited", conversation: CHAT, external_id: "77", text: "hello", at });
  expect(story.state.chat?.entries[0]?.body).toMatchObject({ text: "hello", edited_at: at });
});

test("what stood there before an edit or a deletion is kept", () => {
  const story = Story.atDesk();
  story.shows(held("anna"));
  story.opens();
  const entry = wrote(1, "helo");
  story.reads({ ...entry, body: { kind: "message", text: "helo", external_id: "77" } });
  const at = (second: number) => `2026-03-01T09:00:${String(second).padStart(2, "0")}Z`;
  const edit = { kind: "edited", conversation: CHAT, external_id: "77" } as const;
  story.happens({ ...edit, text: "hello", at: at(1) });
  story.happens({ ...edit, text: "hello", at: at(2) });
  story.happens({ kind: "deleted", conversation: CHAT, external_ids: ["78", "77"], at: at(3) });
  const earlier = [{ text: "helo", until: at(1) }];
  expect(story.state.chat?.entries[0]?.body).toMatchObject({ text: "hello", earlier, deleted_at: at(3) });
  for (let second = 4; second < 40; second++) {
    story.happens({ ...edit, text: `${second}`, at: at(second) });
  }
  const body = story.state.chat?.entries[0]?.body;
  if (body?.kind !== "message") throw new Error("a message");
  expect(body.deleted_at, "it is there again").toBeUndefined();
  expect(body.earlier?.map(({ text }) => text).slice(0, 2)).toEqual(["helo", "20"]);
  expect(body.earlier).toHaveLength(20);
});

test("an answer to an earlier request is not taken", () => {
  const story = Story.atDesk();
  story.shows(held("anna"));
  const request = story.opens();
  story.opens("0-other");
  const transcript = { row: held("anna"), entries: [wrote(1, "first")], position: "0:1-1.aa", draft: null };
  story.on({ on: "transcript", request, transcript });
  expect(story.texts).toEqual([]);
});

test("a snapshot asks for the entries anew and keeps what is on the screen meanwhile", () => {
  const story = Story.atDesk();
  story.shows(held("anna"));
  const request = story.opens();
  story.reads(wrote(1, "first"));
  story.shows(held("anna", { last_entry: 2 }));
  expect(story.state.chat?.request).not.toBe(request);
  expect(story.texts).toEqual(["first"]);
  expect(isChatBehind(story.state)).toBe(false);
});

test("a row that is ahead of the entries shows that something is missing", () => {
  const story = Story.atDesk();
  story.shows(held("anna"));
  story.opens();
  story.reads(wrote(1, "first"));
  story.happens({ kind: "row", row: held("anna", { last_entry: 2 }) });
  expect(isChatBehind(story.state)).toBe(true);
  story.happens({ kind: "entry", conversation: CHAT, entry: wrote(2, "second") });
  expect(isChatBehind(story.state)).toBe(false);
});

test("a chat that could not be read is asked for again once it is offered to me", () => {
  const story = Story.atDesk();
  story.shows(row());
  const request = story.opens();
  story.on({ on: "transcript_failed", request, why: "not_allowed" });
  story.happens({ kind: "row", row: row({ preview: "still waiting" }) });
  expect(story.state.chat?.request).toBe(request);
  story.happens({ kind: "row", row: offered("anna") });
  expect(story.state.chat).toMatchObject({ isLoading: true, failed: null });
  expect(story.state.chat?.request).not.toBe(request);
});

test("a chat that went on without me stays readable", () => {
  const story = Story.atDesk();
  story.shows(offered("anna"));
  story.opens();
  story.reads(wrote(1, "first"));
  story.happens({ kind: "gone", conversation: CHAT });
  expect(story.state.chat).toMatchObject({ isGone: true });
  expect(story.texts).toEqual(["first"]);
});

test("the reason shown is that of the last decision", () => {
  const routed = (n: number, to: string) =>
    fact(n, { fact: "routed", ...ROUTED, offer: n, operators: [to] });
  expect(lastRouted([routed(1, "boris"), routed(2, "anna"), wrote(3, "x")])?.fact.operators).toEqual(
    ["anna"],
  );
  expect(lastRouted([wrote(1, "x")])).toBeNull();
});

test("what people have handed about since is not explained by the queue", () => {
  const routed = fact(1, { fact: "routed", ...ROUTED });
  expect(lastRouted([routed, fact(2, { fact: "accepted", operator: "anna" })])).not.toBeNull();
  expect(lastRouted([routed, fact(2, { fact: "taken", operator: "anna" })])).toBeNull();
});

test("one goes back from what was looked up to where one was", () => {
  const story = Story.atDesk();
  story.shows(held("anna"));
  story.opens();
  story.on({ on: "looked_up", conversation: "0-past" });
  story.on({ on: "looked_up", conversation: "0-older" });
  expect(story.state.chat).toMatchObject({ conversation: "0-older", from: CHAT });
  story.on({ on: "looked_up", conversation: CHAT });
  expect(story.state.chat).toMatchObject({ conversation: CHAT, from: null });
});

test("what I make of my message changes it when it is done, and says so while it is not", () => {
  const story = Story.atDesk();
  story.shows(held("anna"));
  story.opens();
  story.reads(wrote(1, "hello"), wrote(2, "helo", ANNA));
  const at = "2026-03-01T09:00:05Z";
  const of = { kind: "corrected", conversation: CHAT, entry: 2, at } as const;
  const edit = { what: "edit", text: "hello, Ivan" } as const;
  const mine = () => story.state.chat?.entries[1]?.body;
  story.happens({ ...of, correction: edit, state: "pending" });
  expect(mine()).toMatchObject({ text: "helo", correction: edit });
  story.happens({ ...of, correction: edit, state: "failed", reason: "too old" });
  expect(mine()).toMatchObject({ text: "helo", correction: { ...edit, failed: "too old" } });
  story.happens({ ...of, correction: edit, state: "done" });
  expect(mine()).toMatchObject({ text: "hello, Ivan", edited_at: at, correction: undefined });
  expect(mine()).toMatchObject({ earlier: [{ text: "helo", until: at }] });
  story.happens({ ...of, correction: { what: "delete" }, state: "done" });
  expect(mine()).toMatchObject({ text: "hello, Ivan", deleted_at: at });
});
