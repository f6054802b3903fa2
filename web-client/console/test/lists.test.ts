import { beforeEach, expect, test } from "vitest";
import { samples } from "../../client/samples.ts";
import {
  handedOn,
  joined,
  mine,
  ofMyCustomers,
  onHold,
  overseen,
  queue,
  unanswered,
} from "../core/desk/lists.ts";
import { calls, offersToMe } from "../core/select.ts";
import { answered, CHAT, held, NOW, offered, row, Story, wrote } from "./story.ts";

let story: Story;

beforeEach(() => {
  story = Story.atDesk();
});

const ids = (rows: { conversation: string }[]) => rows.map((r) => r.conversation);

test("each conversation is in the list where it belongs", () => {
  story.shows(
    offered("anna", undefined, "0-to-me"),
    offered("boris", undefined, "0-to-boris"),
    row({ conversation: "0-waits" }),
    row({ conversation: "0-left", unanswered: true }),
    held("anna", { conversation: "0-mine" }),
    answered("anna", { conversation: "0-closing", state: "closing" }),
    held("boris", { conversation: "0-his" }),
    row({ conversation: "0-over", state: "closed" }),
  );
  expect(offersToMe(story.state).map(({ row: r }) => r.conversation)).toEqual(["0-to-me"]);
  expect(ids(queue(story.state)).sort()).toEqual(["0-to-boris", "0-waits"]);
  expect(ids(unanswered(story.state))).toEqual(["0-left"]);
  expect(ids(mine(story.state))).toEqual(["0-mine", "0-closing"]);
  expect(overseen(story.state)).toEqual([]);
});

test("the offer that ends first is on top, the oldest waits first, whoever waits goes before", () => {
  story.shows(
    offered("anna", "2026-03-01T09:02:00Z", "0-later"),
    offered("anna", "2026-03-01T09:01:00.5Z", "0-sooner"),
    row({ conversation: "0-new", waiting_since: "2026-03-01T08:59:30Z" }),
    row({ conversation: "0-old", waiting_since: "2026-03-01T08:30:00Z" }),
    answered("anna", { conversation: "0-calm" }),
    held("anna", { conversation: "0-waits" }),
  );
  expect(offersToMe(story.state).map(({ row: r }) => r.conversation)).toEqual(["0-sooner", "0-later"]);
  expect(ids(queue(story.state))).toEqual(["0-old", "0-new"]);
  expect(ids(mine(story.state))).toEqual(["0-waits", "0-calm"]);
});

test("a snapshot replaces everything", () => {
  story.shows(held("anna", { conversation: "0-old" }));
  story.shows(held("anna"));
  expect(ids(mine(story.state))).toEqual([CHAT]);
});

test("the offer moves from me to another and leaves my list", () => {
  story.shows(offered("anna"));
  expect(calls(story.state)).toBe(1);
  story.happens({ kind: "row", row: offered("boris") });
  expect(offersToMe(story.state)).toEqual([]);
  story.happens({ kind: "gone", conversation: CHAT });
  expect(queue(story.state)).toEqual([]);
});

test("unread counts what the customer wrote, until it is looked at", () => {
  story.shows(held("anna"));
  story.happens({ kind: "entry", conversation: CHAT, entry: wrote(2, "one") });
  story.happens({ kind: "entry", conversation: CHAT, entry: wrote(3, "two") });
  expect(story.state.unread[CHAT]).toBe(2);
  expect(calls(story.state)).toBe(1);
  story.opens();
  expect(story.state.unread[CHAT]).toBeUndefined();
});

test("what comes while the page is hidden is unread, even in the open chat", () => {
  story.shows(held("anna"));
  story.opens();
  story.on({ on: "page_visible", isPageVisible: false });
  story.happens({ kind: "entry", conversation: CHAT, entry: wrote(2, "one") });
  expect(story.state.unread[CHAT]).toBe(1);
  story.on({ on: "page_visible", isPageVisible: true });
  expect(story.state.unread[CHAT]).toBeUndefined();
});

test("a supervisor sees all of his lines, who waits too long on top", () => {
  story.on({ on: "frame", frame: samples.welcome, at: NOW });
  story.shows(
    held("boris"),
    held("boris", { conversation: "0-x", line: "elsewhere" }),
    held("boris", { conversation: "0-late", late: true, updated_at: "2026-03-01T08:00:00Z" }),
  );
  expect(ids(overseen(story.state))).toEqual(["0-late", CHAT]);
});

test("whose customer waits too long is on top, then what came back from hold; on hold is apart", () => {
  const until = "2026-03-01T09:00:00Z";
  story.shows(
    held("anna", { conversation: "0-waits" }),
    answered("anna", { conversation: "0-held", hold_until: until }),
    held("anna", { conversation: "0-later", hold_until: "2026-03-01T18:00:00Z" }),
    held("anna", { conversation: "0-late", late: true }),
  );
  expect(ids(onHold(story.state))).toEqual(["0-held", "0-later"]);
  story.happens({ kind: "row", row: answered("anna", { conversation: "0-held" }) });
  expect(ids(mine(story.state))).toEqual(["0-late", "0-held", "0-waits"]);
  story.opens("0-held");
  story.opens("0-late");
  expect(ids(mine(story.state))).toEqual(["0-late", "0-waits", "0-held"]);
});

test("what is handed on, shared, or of my own customers has lists of its own", () => {
  const handed = { operator: "boris", offer: 2, until: "2026-03-01T09:01:00Z", via: "transfer" } as const;
  story.shows(
    row({ conversation: "0-handed", state: "offered", handed_by: "anna", offers: [handed] }),
    row({ conversation: "0-others", state: "offered", handed_by: "vera", offers: [handed] }),
    held("boris", { conversation: "0-shared", joined: ["anna"] }),
    row({ conversation: "0-listed", listed_for: "anna" }),
    row({ conversation: "0-listed-left", listed_for: "anna", unanswered: true }),
    row({ conversation: "0-waits" }),
  );
  expect(ids(handedOn(story.state))).toEqual(["0-handed"]);
  expect(ids(joined(story.state))).toEqual(["0-shared"]);
  expect(ids(ofMyCustomers(story.state))).toEqual(["0-listed", "0-listed-left"]);
  expect(ids(queue(story.state))).toEqual(["0-waits"]);
  expect(unanswered(story.state)).toEqual([]);
});

test("the server's clock is known from welcome and beats", () => {
  story.on({ on: "frame", frame: samples.beat, at: Date.parse(samples.beat.now) - 7_000 });
  expect(story.state.clockAheadMs).toBe(7_000);
});

test("how full the memory is, is shown until it is not", () => {
  expect(story.state.memoryPercent).toBe(null);
  story.on({ on: "frame", frame: samples.beat, at: 0 });
  expect(story.state.memoryPercent).toBe(62);
  const { memory_percent: _gone, ...calm } = samples.beat;
  story.on({ on: "frame", frame: calm, at: 0 });
  expect(story.state.memoryPercent).toBe(null);
});

test("signing out forgets everything but the person's choices", () => {
  story.on({ on: "language", language: "ru" });
  story.shows(held("anna"));
  story.on({ on: "drafted", conversation: CHAT, draft: { text: "secret", isNote: false } });
  story.on({ on: "signed_out", problem: null });
  expect(story.state).toMatchObject({ language: "ru", me: null, rows: {}, drafts: {}, chat: null });
});

test("every frame and event of the samples is taken", () => {
  // As on a socket: what is there comes before what changes.
  const { snapshot, ...others } = samples;
  for (const frame of [snapshot, ...Object.values(others)]) {
    story.on({ on: "frame", frame, at: NOW });
  }
  expect(story.state.operators["boris"]?.status).toBe("busy");
  expect(story.state.rows["0-0195512e-0000-7000-8000-000000000001"]?.state).toBe("active");
});
