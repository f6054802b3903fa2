import { beforeEach, expect, test } from "vitest";
import { DRAFT_CHARS_MAX } from "../../client/index.ts";
import { handedDraft, unsaved } from "../core/desk/drafts.ts";
import { CHAT, held, Story, wrote } from "./story.ts";

let story: Story;

beforeEach(() => {
  story = Story.atDesk();
  story.shows(held("anna"));
  story.opens();
  story.on({ on: "link", link: { state: "live" } });
});

function writes(text: string, isNote = false): void {
  story.on({ on: "drafted", conversation: CHAT, draft: { text, isNote } });
}

function saves(id = "d1"): void {
  const [draft] = unsaved(story.state);
  story.commands(id, { type: "draft", ...draft! });
}

test("what is being written is to be kept until it is", () => {
  expect(unsaved(story.state)).toEqual([]);
  writes("Yes, it");
  expect(unsaved(story.state)).toEqual([{ conversation: CHAT, text: "Yes, it" }]);
  saves();
  expect(unsaved(story.state)).toEqual([]);
  writes("Yes, it is");
  expect(unsaved(story.state)).toEqual([{ conversation: CHAT, text: "Yes, it is" }]);
});

test("what is sent or wiped out is no draft", () => {
  writes("Yes");
  saves();
  story.writes("c1", "Yes");
  expect(unsaved(story.state)).toEqual([]);
  writes("No");
  saves("d2");
  writes("");
  expect(unsaved(story.state)).toEqual([{ conversation: CHAT, text: "" }]);
});

test("what comes back into the box is to be kept again", () => {
  writes("Yes");
  story.writes("c1", "Yes");
  story.isAnswered("c1", { outcome: "refused", code: "too_fast", message: "" });
  expect(unsaved(story.state)).toEqual([{ conversation: CHAT, text: "Yes" }]);
});

test("without a connection nothing is sent; with it, what is there by then", () => {
  story.on({ on: "link", link: { state: "connecting" } });
  writes("Yes");
  expect(unsaved(story.state)).toEqual([]);
  writes("Yes, it is");
  story.on({ on: "link", link: { state: "live" } });
  expect(unsaved(story.state)).toEqual([{ conversation: CHAT, text: "Yes, it is" }]);
});

test("notes, and what is written in what is not mine, are not kept", () => {
  writes("a regular", true);
  expect(unsaved(story.state)).toEqual([]);
  writes("hello");
  story.shows(held("boris", { joined: ["anna"] }));
  expect(unsaved(story.state)).toEqual([]);
});

test("of a very long text as much is kept as may be", () => {
  writes("🙂".repeat(DRAFT_CHARS_MAX + 5));
  saves();
  expect(unsaved(story.state)).toEqual([]);
});

test("a draft that is refused disturbs nobody", () => {
  writes("Yes");
  saves();
  story.isAnswered("d1", { outcome: "refused", code: "not_yours", holder: "boris", message: "" });
  expect(story.state.notice).toBeNull();
});

test("having a draft kept leaves a notice on the screen", () => {
  story.commands("c1", { type: "take", conversation: "0-x" });
  story.isAnswered("c1", { outcome: "refused", code: "full", message: "" });
  writes("Yes");
  saves();
  expect(story.state.notice).not.toBeNull();
});

test("my own draft is back in the box, unless I have begun anew or sent it", () => {
  story.readsWith({ by: "anna", text: "Yes, it" }, wrote(1, "hello"));
  expect(story.state.drafts[CHAT]?.text).toBe("Yes, it");
  expect(unsaved(story.state)).toEqual([]);
  story.writes("c1", "Yes, it is");
  story.on({ on: "chat_stale" });
  story.readsWith({ by: "anna", text: "Yes, it" }, wrote(1, "hello"));
  expect(story.state.drafts[CHAT]?.text).toBe("");
});

const HANDED = { by: "boris", text: "Your parcel" };

test("a colleague's draft is offered once the conversation is mine", () => {
  story.readsWith(HANDED, wrote(1, "hello"));
  expect(handedDraft(story.state, held("boris"))).toBeNull();
  expect(handedDraft(story.state, held("anna"))).toEqual(HANDED);
});

test("used, it goes before what was begun", () => {
  story.readsWith(HANDED, wrote(1, "hello"));
  writes("and");
  story.on({ on: "draft_taken", isUsed: true });
  expect(story.state.drafts[CHAT]).toEqual({ text: "Your parcel\nand", isNote: false });
  expect(handedDraft(story.state, held("anna"))).toBeNull();
});

test("thrown away, it is to be forgotten by the server too", () => {
  story.readsWith(HANDED, wrote(1, "hello"));
  expect(unsaved(story.state)).toEqual([]);
  story.on({ on: "draft_taken", isUsed: false });
  expect(story.state.drafts[CHAT]).toBeUndefined();
  expect(unsaved(story.state)).toEqual([{ conversation: CHAT, text: "" }]);
});
