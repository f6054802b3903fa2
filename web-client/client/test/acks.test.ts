import { beforeEach, expect, test, vi } from "vitest";
import { World } from "./world.ts";

let world: World;

beforeEach(() => {
  vi.useFakeTimers();
  world = new World();
  world.goesLive("0:1-5.aa", "1:1-2.bb");
});

const acks = () => world.sent("ack").map((ack) => ack.positions);

test("the snapshot is acknowledged at once", () => {
  expect(acks()).toEqual([["0:1-5.aa", "1:1-2.bb"]]);
});

test("many events within a second are one acknowledgement, of what moved", () => {
  world.moves(0, "0:1-5.aa", "0:1-6.aa");
  world.moves(0, "0:1-6.aa", "0:1-7.aa");
  expect(acks()).toHaveLength(1);
  world.passes(1);
  expect(acks().slice(1)).toEqual([["0:1-7.aa"]]);
});

test("a second that brings very much is acknowledged before it is over", () => {
  world.moves(0, "0:1-5.aa", "0:1-6.aa");
  const events = [{ kind: "gone" as const, conversation: "x".repeat(128 * 1024) }];
  world.says({ type: "events", shard: 0, from: "0:1-6.aa", to: "0:1-7.aa", events });
  expect(acks().slice(1)).toEqual([["0:1-7.aa"]]);
  world.moves(0, "0:1-7.aa", "0:1-8.aa");
  expect(acks()).toHaveLength(2);
});

test("after a quiet second an event is acknowledged at once", () => {
  world.passes(2);
  world.moves(1, "1:1-2.bb", "1:1-3.bb");
  expect(acks().slice(1)).toEqual([["1:1-3.bb"]]);
});

test("a beat carries along an acknowledgement whose timer is held back", () => {
  world.moves(0, "0:1-5.aa", "0:1-6.aa");
  world.beats("0:1-6.aa", "1:1-2.bb");
  expect(acks().slice(1)).toEqual([["0:1-6.aa"]]);
});

test("nothing new, nothing acknowledged", () => {
  world.passes(9);
  world.beats("0:1-5.aa", "1:1-2.bb");
  expect(acks()).toHaveLength(1);
});
