import { expect, test } from "vitest";
import { replyTime } from "../core/desk/window.ts";
import { CHAT, held, Story, wrote } from "./story.ts";

const HEARD = Date.parse("2026-03-01T08:00:00Z");
const HOUR = 3_600_000;

function story(then: "nothing" | "template" | "human_agent" | null): Story {
  const at = Story.atDesk();
  at.shows(held("anna"));
  const window = then === null ? {} : { window: { hours: 24, then } };
  const channel = { id: "bot", name: "Bot", platform: "x", line: "sales", corrects: true, ...window };
  at.happens({ kind: "channel", channel });
  at.opens();
  at.readsWith(null, wrote(1, "hello"));
  at.happens({ kind: "entry", conversation: CHAT, entry: { ...wrote(2, "hi"), at: "2026-03-01T08:00:00Z" } });
  return at;
}

test.each([
  ["nothing", 23, { is: "open", until: "2026-03-02T08:00:00.000Z" }],
  ["nothing", 24, { is: "over" }],
  ["template", 24, { is: "template" }],
  ["human_agent", 24, { is: "human_agent", until: "2026-03-08T08:00:00.000Z" }],
  ["human_agent", 168, { is: "over" }],
  [null, 500, null],
] as const)("with %s after it, %i hours later", (then, hours, expected) => {
  expect(replyTime(story(then).state, held("anna"), HEARD + hours * HOUR)).toEqual(expected);
});

test("nothing is said where nobody knows when he last wrote", () => {
  const at = story("nothing");
  at.opens();
  at.readsWith(null);
  expect(replyTime(at.state, held("anna"), HEARD)).toBeNull();
});
