import { beforeEach, expect, test } from "vitest";
import type { Event } from "../../client/index.ts";
import { answered, CHAT, fact, held, NOW, offered, row, Story, wrote } from "./story.ts";

let story: Story;

beforeEach(() => {
  story = Story.atDesk();
  story.shows(answered("anna"));
});

const sounds = () => story.state.work.ring.n;
const message = (n: number): Event => ({
  kind: "entry",
  conversation: CHAT,
  entry: wrote(n, `message ${n}`),
});

test("several messages within one second make one sound", () => {
  for (const [n, ms] of [0, 200, 999].entries()) story.happensAt(NOW + ms, message(n + 2));
  expect(sounds()).toBe(1);
  story.happensAt(NOW + 1_000, message(5));
  expect(sounds()).toBe(2);
});

test("an offer is heard through messages, an alarm through everything", () => {
  story.happens(message(2));
  story.happensAt(NOW + 100, { kind: "row", row: offered("anna", undefined, "0-new") });
  expect(story.state.work.ring).toMatchObject({ n: 2, kind: "offer" });
  story.happensAt(NOW + 200, message(3));
  expect(sounds()).toBe(2);
  story.happensAt(NOW + 300, alarm());
  expect(story.state.work.ring).toMatchObject({ n: 3, kind: "alarm" });
});

test("an offer is heard once, however often its row changes", () => {
  const it = offered("anna", undefined, "0-new");
  story.happens({ kind: "row", row: it });
  story.happensAt(NOW + 5_000, { kind: "row", row: { ...it, preview: "more" } });
  expect(sounds()).toBe(1);
  const again = { ...it, offers: it.offers.map((offer) => ({ ...offer, offer: 2 })) };
  story.happensAt(NOW + 9_000, { kind: "row", row: again });
  expect(sounds()).toBe(2);
});

test("what is looked at, was written by us, or is not heard makes no sound", () => {
  const entry = wrote(2, "spam again");
  const unheard = { ...entry, body: { kind: "message" as const, text: "", unheard: "blocked" as const } };
  story.happens({ kind: "entry", conversation: CHAT, entry: unheard });
  story.happens({ kind: "entry", conversation: CHAT, entry: wrote(3, "", { kind: "line" }) });
  expect(story.state.unread).toEqual({});
  story.opens();
  story.happens(message(4));
  expect(sounds()).toBe(0);
});

test("what I help with calls me too", () => {
  story.shows(held("boris", { joined: ["anna"] }));
  story.happens(message(2));
  expect(story.state.unread[CHAT]).toBe(1);
  expect(sounds()).toBe(1);
});

const UNTIL = "2026-03-01T09:00:00Z";

test("what I put aside calls when its time has come, until it is looked at", () => {
  story.shows(answered("anna", { hold_until: UNTIL }));
  story.happensAt(NOW + 50, { kind: "row", row: answered("anna") });
  expect(story.state.work.back).toEqual([CHAT]);
  expect(sounds()).toBe(1);
  story.opens();
  expect(story.state.work.back).toEqual([]);
});

test("what I take up again before its time does not call", () => {
  story.shows(answered("anna", { hold_until: UNTIL }));
  const before = NOW - 60_000;
  story.happensAt(before, { kind: "row", row: answered("anna") });
  expect(story.state.work.back).toEqual([]);
  expect(sounds()).toBe(0);
});

function alarm(): Event {
  const late = { kind: "answer_late", conversation: CHAT, operator: "anna" } as const;
  return { kind: "alarm", line: "sales", alarm: late, at: "2026-03-01T09:00:00Z" };
}

test("an alarm stands until the customer has his answer", () => {
  story.happens({ kind: "row", row: held("anna", { late: true }) }, alarm());
  story.happensAt(NOW + 2_000, alarm());
  expect(story.state.work.alarms).toHaveLength(1);
  story.happens({ kind: "row", row: held("anna", { late: true, preview: "hello?" }) });
  expect(story.state.work.alarms).toHaveLength(1);
  story.happens({ kind: "row", row: answered("anna") });
  expect(story.state.work.alarms).toEqual([]);
});

test("an alarm of a line stands until it is read", () => {
  const at = "2026-03-01T09:00:00Z";
  story.happens({ kind: "alarm", line: "sales", alarm: { kind: "nobody_available" }, at });
  story.shows(row());
  const [raised] = story.state.work.alarms;
  expect(raised?.alarm.kind).toBe("nobody_available");
  story.on({ on: "work", event: { kind: "alarm_read", key: raised!.key } });
  expect(story.state.work.alarms).toEqual([]);
});

test("after a gap an alarm of a conversation that is over is over", () => {
  story.happens({ kind: "row", row: held("anna", { late: true }) }, alarm());
  story.shows(held("anna", { late: true }));
  expect(story.state.work.alarms).toHaveLength(1);
  story.shows();
  expect(story.state.work.alarms).toEqual([]);
});

test("what a colleague says who hands something on is known from the entry", () => {
  const handed = { operator: "boris", to: "anna", offer: 2, until: UNTIL, comment: "he asks for you" };
  const entry = fact(7, { fact: "transferred", ...handed });
  story.happens({ kind: "entry", conversation: "0-new", entry });
  expect(story.state.work.handovers["0-new"]).toEqual({ by: "boris", comment: "he asks for you" });
});

test("it is also known from the chat that was read", () => {
  story.opens();
  const came = { operator: "boris", line: "support", comment: null };
  story.reads(fact(1, { fact: "came_from", ...came }), wrote(2, "hello"));
  expect(story.state.work.handovers[CHAT]).toEqual({ by: "boris", comment: null });
});
