import { beforeEach, expect, test, vi } from "vitest";
import type { Outcome } from "../index.ts";
import { World } from "./world.ts";

let world: World;

beforeEach(() => {
  vi.useFakeTimers();
  world = new World();
});

const TAKE = { type: "take", conversation: "0-chat" } as const;

function answers(cmdId: string, outcome: Outcome): void {
  world.says({ type: "result", cmd_id: cmdId, ...outcome });
}

test("a command is sent with an id and resolved by the result with that id", async () => {
  world.goesLive("0:1-5.aa");
  const { id, answer } = world.link.command(TAKE);
  expect(world.sent("take")).toEqual([{ ...TAKE, cmd_id: id }]);
  answers("somebody-elses", { outcome: "done" });
  answers(id, { outcome: "refused", code: "no_longer_yours", holder: "boris", message: "too late" });
  expect(await answer).toMatchObject({ outcome: "refused", holder: "boris" });
});

test("without an answer it is repeated after five seconds, with the same id", async () => {
  world.goesLive("0:1-5.aa");
  const { id, answer } = world.link.command(TAKE);
  world.passes(4.9);
  expect(world.sent("take")).toHaveLength(1);
  world.passes(0.2);
  expect(world.sent("take").map((frame) => frame.cmd_id)).toEqual([id, id]);
  answers(id, { outcome: "repeated" });
  expect(await answer).toMatchObject({ outcome: "repeated" });
  world.passes(6);
  expect(world.sent("take")).toHaveLength(2);
});

test("an unanswered command is repeated after reconnecting, on the new session", () => {
  world.goesLive("0:1-5.aa");
  const { id } = world.link.command(TAKE);
  world.closes(1006);
  world.passes(0.5);
  world.opens();
  expect(world.sent("take")).toEqual([]);
  world.welcomes();
  expect(world.sent("take").map((frame) => frame.cmd_id)).toEqual([id]);
});

test("a second hello on the same connection repeats nothing", () => {
  world.goesLive("0:1-5.aa");
  world.link.command(TAKE);
  world.moves(0, "0:9-9.xx", "0:9-9.yy");
  world.welcomes();
  expect(world.sent("take")).toHaveLength(1);
});

test("a command given while offline waits for the connection", () => {
  world.link.command(TAKE);
  world.goesLive("0:1-5.aa");
  expect(world.sent("take")).toHaveLength(1);
});

test("unavailable is not the end: the command is repeated", async () => {
  world.goesLive("0:1-5.aa");
  const { id, answer } = world.link.command(TAKE);
  answers(id, { outcome: "refused", code: "unavailable", message: "the store did not answer" });
  world.passes(5);
  expect(world.sent("take")).toHaveLength(2);
  answers(id, { outcome: "done" });
  expect(await answer).toMatchObject({ outcome: "done" });
});

test("a command that nobody ever answers is given up in the end", async () => {
  world.goesLive("0:1-5.aa");
  const { answer } = world.link.command(TAKE);
  for (let i = 0; i < 8; i += 1) {
    world.passes(9);
    world.beats("0:1-5.aa");
  }
  expect(await answer).toMatchObject({ outcome: "refused", code: "unavailable" });
});

test("signing out answers what is under way", async () => {
  world.goesLive("0:1-5.aa");
  const { answer } = world.link.command(TAKE);
  world.closes(4401);
  expect(await answer).toMatchObject({ outcome: "refused", code: "unavailable" });
  const later = world.link.command(TAKE);
  expect(await later.answer).toMatchObject({ outcome: "refused" });
});
