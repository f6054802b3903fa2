import { beforeEach, expect, test, vi } from "vitest";
import { World } from "./world.ts";

let world: World;

beforeEach(() => {
  vi.useFakeTimers();
  world = new World();
});

test("a lost connection is tried again and goes on from where it was", () => {
  world.goesLive("0:1-5.aa");
  world.moves(0, "0:1-5.aa", "0:1-6.aa");
  world.closes(1006);
  expect(world.link.state).toEqual({
    state: "offline",
    why: "lost",
    nextTryAt: Date.now() + 500,
  });
  world.passes(0.5);
  expect(world.state).toBe("connecting");
  world.opens();
  expect(world.sent("hello")[0]?.positions).toEqual(["0:1-6.aa"]);
});

test("waits grow to 16 seconds, each with full jitter", () => {
  world.chance = 1;
  const waits: number[] = [];
  for (let i = 0; i < 7; i += 1) {
    world.closes(1006);
    const now = world.link.state;
    waits.push(now.state === "offline" ? now.nextTryAt - Date.now() : NaN);
    world.link.tryNow();
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000]);
  world.chance = 0.25;
  world.closes(1006);
  world.passes(3.9);
  expect(world.sockets).toHaveLength(8);
  world.passes(0.2);
  expect(world.sockets).toHaveLength(9);
});

test("only a connection that caught up makes the waits short again", () => {
  world.chance = 1;
  world.closes(1006);
  world.passes(1);
  world.opens();
  world.closes(1006);
  world.passes(1.9);
  expect(world.sockets).toHaveLength(2);
  world.passes(0.1);
  world.goesLive("0:1-5.aa");
  world.closes(1006);
  world.passes(1);
  expect(world.sockets).toHaveLength(4);
});

test("coming online or back to the page tries at once", () => {
  world.chance = 1;
  world.closes(1006);
  world.wakes();
  expect(world.state).toBe("connecting");
  expect(world.sockets).toHaveLength(2);
});

test("a person can try at once", () => {
  world.chance = 1;
  world.closes(1006);
  world.link.tryNow();
  expect(world.sockets).toHaveLength(2);
  world.passes(5);
  expect(world.sockets).toHaveLength(2);
});

test("after a sleep a connection without beats is replaced at once", () => {
  world.goesLive("0:1-5.aa");
  world.sleepsFor(3_600);
  world.wakes();
  expect(world.sockets).toHaveLength(2);
  expect(world.sockets[0]?.isClosed).toBe(true);
});

test("a page that was only looked away from keeps its connection", () => {
  world.goesLive("0:1-5.aa");
  world.sleepsFor(5);
  world.wakes();
  expect(world.sockets).toHaveLength(1);
});

test("without a beat for one and three quarters of an interval the connection is dead", () => {
  world.goesLive("0:1-5.aa");
  world.passes(17.4);
  world.beats("0:1-5.aa");
  world.passes(17.4);
  expect(world.state).toBe("live");
  world.passes(0.2);
  expect(world.link.state).toMatchObject({ state: "offline", why: "silent" });
  expect(world.sockets[0]?.isClosed).toBe(true);
});

test("a server that opens and says nothing is left after ten seconds", () => {
  world.opens();
  world.passes(10);
  expect(world.state).toBe("offline");
});

test("come back after so long: obeyed, also when the page wakes up", () => {
  world.goesLive("0:1-5.aa");
  world.says({ type: "reconnect", after_ms: 3_000 });
  expect(world.link.state).toMatchObject({ state: "offline", why: "asked_to_come_back" });
  world.wakes();
  world.passes(2.9);
  expect(world.sockets).toHaveLength(1);
  world.passes(0.1);
  expect(world.sockets).toHaveLength(2);
});

test("the end of the sign-in is the end", () => {
  world.goesLive("0:1-5.aa");
  world.closes(4401);
  expect(world.state).toBe("signed_out");
  world.passes(60);
  world.wakes();
  expect(world.sockets).toHaveLength(1);
});

test("too many sockets: tried again, but not because a page comes to the front", () => {
  world.goesLive("0:1-5.aa");
  world.closes(4029);
  world.wakes();
  expect(world.link.state).toMatchObject({ state: "offline", why: "too_many_sockets" });
  world.passes(8);
  expect(world.sockets).toHaveLength(2);
});

test("what an old socket says after its end is not heard", () => {
  world.goesLive("0:1-5.aa");
  const old = world.socket;
  world.closes(1006);
  world.passes(1);
  old.onclose?.({ code: 4401 });
  expect(world.state).toBe("connecting");
});

test("the open conversation is named again after reconnecting", () => {
  world.goesLive("0:1-5.aa");
  world.link.watch("0-chat");
  expect(world.sent("watch")).toEqual([{ type: "watch", conversation: "0-chat" }]);
  world.closes(1006);
  world.passes(1);
  world.opens();
  world.welcomes();
  expect(world.sent("watch")).toEqual([{ type: "watch", conversation: "0-chat" }]);
});

test("closed by the program: nothing more", () => {
  world.goesLive("0:1-5.aa");
  world.link.close();
  expect(world.socket.isClosed).toBe(true);
  world.passes(60);
  expect(world.sockets).toHaveLength(1);
});
