import { beforeEach, expect, test } from "vitest";
import { shownStatus } from "../core/commands.ts";
import { begun } from "../core/desk/drafts.ts";
import { writing } from "../core/select.ts";
import { ANNA, CHAT, colleague, held, offered, row, Story, wrote } from "./story.ts";

let story: Story;

beforeEach(() => {
  story = Story.atDesk();
  story.shows(held("anna"));
  story.opens();
  story.reads(wrote(1, "hello"));
});

test("what is sent is shown until its entry comes, whichever of entry and answer is first", () => {
  story.writes("c1", "good day");
  expect(story.sending).toEqual(["good day"]);
  story.isAnswered("c1", { outcome: "done" });
  expect(story.sending).toEqual(["good day"]);
  story.happens({ kind: "entry", conversation: CHAT, entry: wrote(2, "good day", ANNA) });
  expect(story.sending).toEqual([]);

  story.writes("c2", "again");
  story.happens({ kind: "entry", conversation: CHAT, entry: wrote(3, "again", ANNA) });
  story.isAnswered("c2", { outcome: "repeated" });
  expect(story.sending).toEqual([]);
});

test("of two equal texts each entry answers for one", () => {
  story.writes("c1", "yes");
  story.writes("c2", "yes");
  story.happens({ kind: "entry", conversation: CHAT, entry: wrote(2, "yes", ANNA) });
  expect(story.sending).toEqual(["yes"]);
});

test("the customer saying the same, or a note, is not what was sent", () => {
  story.writes("c1", "yes");
  story.happens({ kind: "entry", conversation: CHAT, entry: wrote(2, "yes") });
  const note = { ...wrote(3, "", ANNA), body: { kind: "note" as const, text: "yes" } };
  story.happens({ kind: "entry", conversation: CHAT, entry: note });
  expect(story.sending).toEqual(["yes"]);
});

test("having said the same before is not what was sent now", () => {
  story.happens({ kind: "row", row: held("anna", { last_entry: 2 }) });
  story.writes("c1", "yes");
  story.reads(wrote(1, "hello"), wrote(2, "yes", ANNA));
  expect(story.sending).toEqual(["yes"]);
});

test("after a gap the snapshot's entries tell that it arrived", () => {
  story.writes("c1", "good day");
  story.shows(held("anna", { last_entry: 2 }));
  story.reads(wrote(1, "hello"), wrote(2, "good day", ANNA));
  expect(story.sending).toEqual([]);
});

test("a refused text goes back into the box, before what was begun meanwhile", () => {
  story.writes("c1", "good day");
  story.on({ on: "drafted", conversation: CHAT, draft: { text: "and", isNote: false } });
  story.isAnswered("c1", { outcome: "refused", code: "not_yours", holder: "boris", message: "" });
  expect(story.sending).toEqual([]);
  expect(story.state.drafts[CHAT]).toEqual({ text: "good day\nand", isNote: false });
  expect(story.state.notice).toMatchObject({ command: "reply", why: { holder: "boris" } });
});

test("drafts are kept for each conversation", () => {
  story.on({ on: "drafted", conversation: CHAT, draft: { text: "half a sen", isNote: true } });
  story.opens("0-other");
  story.opens(CHAT);
  expect(story.state.drafts[CHAT]).toEqual({ text: "half a sen", isNote: true });
});

test("a chosen status is shown at once and taken back when it is refused", () => {
  const command = { type: "set_status", status: "busy", reason: "lunch" } as const;
  story.on({ on: "commanded", id: "c1", command });
  expect(shownStatus(story.state)).toEqual({ status: "busy", reason: "lunch" });
  story.isAnswered("c1", { outcome: "refused", code: "unavailable", message: "" });
  expect(shownStatus(story.state)).toEqual({ status: "available", reason: null });
});

test("a status changed elsewhere shows here", () => {
  story.happens({ kind: "operator", operator: colleague("anna", "away") });
  expect(shownStatus(story.state)?.status).toBe("away");
});

function drafts(text: string, isNote = false): void {
  story.on({ on: "drafted", conversation: CHAT, draft: { text, isNote } });
}

test("what is typed before the accept is confirmed stays a reply, to be sent when it is", () => {
  story.shows(offered("anna"));
  expect(writing(story.state, offered("anna"))).toBeNull();
  const command = { type: "accept", conversation: CHAT, offer: 1 } as const;
  story.on({ on: "commanded", id: "c1", command });
  drafts("good day");
  expect(writing(story.state, offered("anna"))).toMatchObject({ isNote: false, canSend: false });
  story.isAnswered("c1", { outcome: "done" });
  expect(writing(story.state, offered("anna"))).toMatchObject({ isNote: false, canSend: false });
  expect(writing(story.state, held("anna"))).toMatchObject({ isNote: false, canSend: true });
});

test("a reply that was begun does not become a note when the conversation is finished or lost", () => {
  drafts("good day");
  for (const now of [held("anna", { state: "closing" }), held("boris")]) {
    expect(writing(story.state, now)).toMatchObject({ isNote: false, canSend: false });
  }
  expect(writing(story.state, held("anna", { state: "closed" }))).toBeNull();
});

test("who oversees a line writes notes when he chooses to", () => {
  const me = story.state.me!;
  story.on({ on: "signed_in", me: { ...me, role: "supervisor", supervises: ["sales"] } });
  drafts("a regular");
  expect(writing(story.state, row())).toMatchObject({ canNote: true, canSend: false });
  drafts("a regular", true);
  expect(writing(story.state, row())).toMatchObject({ isNote: true, canSend: true });
});

test("who helps writes to the customer and to colleagues", () => {
  const helped = held("boris", { joined: ["anna"] });
  drafts("good day");
  expect(writing(story.state, helped)).toMatchObject({ canReply: true, canNote: true, canSend: true });
});

test("who lost a conversation writes nothing in it, though he held it once", () => {
  expect(writing(story.state, held("boris", { held: ["anna", "boris"] }))).toBeNull();
});

test("an edit is no draft, and what was begun before it comes back", () => {
  const before = { text: "by the way", isNote: false };
  story.on({ on: "drafted", conversation: CHAT, draft: before });
  const edits = { entry: 2, before };
  story.on({ on: "drafted", conversation: CHAT, draft: { text: "hello", isNote: false, edits } });
  expect(writing(story.state, held("anna"))).toMatchObject({ canSend: true, edits: 2 });
  expect(begun(story.state.drafts[CHAT])).toEqual(before);
  const command = { type: "edit", conversation: CHAT, entry: 2, text: "hello" } as const;
  story.on({ on: "commanded", id: "c1", command });
  expect(story.state.drafts[CHAT]).toEqual(before);
  const why = { outcome: "refused", code: "not_correctable", why: "too_late", message: "" } as const;
  story.isAnswered("c1", why);
  expect(story.state.drafts[CHAT]).toEqual({ text: "hello", isNote: false, edits });
  expect(story.state.notice?.why).toMatchObject({ code: "not_correctable", why: "too_late" });
});
