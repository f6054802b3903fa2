import { beforeEach, expect, test, vi } from "vitest";
import { World } from "./world.ts";

let world: World;

beforeEach(() => {
  vi.useFakeTimers();
  world = new World();
});

test("without positions it says hello, takes the snapshot and is live once caught up", () => {
  expect(world.state).toBe("connecting");
  world.opens();
  expect(world.socket.sent).toEqual([{ type: "hello", protocol: 1, positions: [] }]);
  expect(world.state).toBe("catching_up");
  world.welcomes();
  expect(world.state).toBe("catching_up");
  world.showsAll("0:1-5.aa", "1:1-9.bb");
  expect(world.state).toBe("live");
});

test("events that join on are handed over and move the position", () => {
  world.goesLive("0:1-5.aa");
  world.moves(0, "0:1-5.aa", "0:1-6.aa");
  world.moves(0, "0:1-6.aa", "0:1-8.aa");
  expect(world.seen).toEqual(["0:1-6.aa", "0:1-8.aa"]);
  expect(world.sent("hello")).toHaveLength(1);
});

test("a gap is not handed over: it says hello again with what it holds", () => {
  world.goesLive("0:1-5.aa");
  world.moves(0, "0:1-6.aa", "0:1-7.aa");
  expect(world.seen).toEqual([]);
  expect(world.state).toBe("catching_up");
  expect(world.sent("hello").at(-1)?.positions).toEqual(["0:1-5.aa"]);
});

test("what the old hello still brings is left out until the new welcome", () => {
  world.goesLive("0:1-5.aa");
  world.moves(0, "0:1-6.aa", "0:1-7.aa");
  world.moves(0, "0:1-5.aa", "0:1-8.aa");
  world.says({ type: "caught_up" });
  expect(world.state).toBe("catching_up");
  world.welcomes();
  world.moves(0, "0:1-5.aa", "0:1-7.aa");
  world.says({ type: "caught_up" });
  expect(world.seen).toEqual(["0:1-7.aa"]);
  expect(world.state).toBe("live");
});

test("an equal number with another tag is a gap too", () => {
  world.goesLive("0:1-5.aa");
  world.moves(0, "0:1-5.bb", "0:1-6.bb");
  expect(world.sent("hello")).toHaveLength(2);
});

test("a shard that the snapshot did not name is taken from where it begins", () => {
  world.goesLive("0:1-5.aa");
  world.moves(3, "3:0-0.zz", "3:1-1.zz");
  world.moves(3, "3:1-1.zz", "3:1-2.zz");
  expect(world.seen).toEqual(["3:1-1.zz", "3:1-2.zz"]);
});

test("repeated doubts ask for a snapshot, then for another connection", () => {
  world.goesLive("0:1-5.aa");
  for (let i = 0; i < 3; i += 1) {
    world.moves(0, "0:9-9.xx", "0:9-9.yy");
    world.welcomes();
  }
  expect(world.sent("hello").at(-1)?.positions).toEqual([]);
  world.moves(0, "0:9-9.xx", "0:9-9.yy");
  expect(world.state).toBe("offline");
});

test("doubts far apart are not added up", () => {
  world.goesLive("0:1-5.aa");
  for (let i = 0; i < 6; i += 1) {
    world.moves(0, "0:9-9.xx", "0:9-9.yy");
    world.welcomes();
    world.says({ type: "caught_up" });
    for (let beats = 0; beats < 4; beats += 1) {
      world.passes(10);
      world.beats("0:1-5.aa");
    }
  }
  expect(world.state).toBe("live");
  expect(world.sent("hello").at(-1)?.positions).toEqual(["0:1-5.aa"]);
});

test("a beat that stands where we stand changes nothing", () => {
  world.goesLive("0:1-5.aa");
  world.beats("0:1-5.aa");
  world.passes(2);
  expect(world.sent("hello")).toHaveLength(1);
});

test("a beat ahead of us with nothing arriving within a second means a silent loss", () => {
  world.goesLive("0:1-5.aa");
  world.beats("0:1-6.aa");
  world.passes(0.9);
  expect(world.sent("hello")).toHaveLength(1);
  world.passes(0.2);
  expect(world.sent("hello").at(-1)?.positions).toEqual(["0:1-5.aa"]);
  expect(world.state).toBe("catching_up");
});

test("a beat ahead of us is no loss if the events follow", () => {
  world.goesLive("0:1-5.aa");
  world.beats("0:1-6.aa");
  world.moves(0, "0:1-5.aa", "0:1-6.aa");
  world.passes(2);
  expect(world.sent("hello")).toHaveLength(1);
  expect(world.state).toBe("live");
});

test("a beat with an unknown shard asks once for a snapshot, then takes the shard as empty", () => {
  world.goesLive("0:1-5.aa");
  world.beats("0:1-5.aa", "3:1-1.zz");
  world.passes(1);
  expect(world.sent("hello").at(-1)?.positions).toEqual([]);
  world.welcomes();
  world.showsAll("0:1-5.aa");
  world.beats("0:1-5.aa", "3:1-1.zz");
  world.passes(1);
  world.moves(3, "3:1-1.zz", "3:1-2.zz");
  expect(world.sent("hello")).toHaveLength(2);
  expect(world.seen).toEqual(["3:1-2.zz"]);
});

test("frames of kinds that it does not know, and no JSON at all, are passed over", () => {
  world.goesLive("0:1-5.aa");
  world.socket.onmessage?.({ data: '{"type":"news_of_tomorrow"}' });
  world.socket.onmessage?.({ data: "{" });
  expect(world.state).toBe("live");
});

test("an event of a kind that it does not know is left out, and the position moves", () => {
  world.goesLive("0:1-5.aa");
  const events = '[{"kind":"news_of_tomorrow"},{"kind":"gone","conversation":"0-x"}]';
  const data = `{"type":"events","shard":0,"from":"0:1-5.aa","to":"0:1-6.aa","events":${events}}`;
  world.socket.onmessage?.({ data });
  world.moves(0, "0:1-6.aa", "0:1-7.aa");
  expect(world.seen).toEqual(["0-x", "0:1-7.aa"]);
});

test("an unknown version of the protocol ends it", () => {
  world.opens();
  world.says({ type: "error", code: "protocol_version", message: "version 2 is spoken here" });
  expect(world.state).toBe("outdated");
  world.passes(60);
  expect(world.sockets).toHaveLength(1);
});
