import { beforeEach, expect, test } from "vitest";
import type { SocketLike } from "../../client/environment.ts";
import type { News, VisitorFrame, VisitorServerFrame } from "../core/protocol.ts";
import { Link, type Handlers, type Reply, type Way } from "../net/link.ts";
import { samples } from "../core/samples.ts";

const ID = "0195512e-0000-7000-8000-0000000000a1";
const WRITTEN = { type: "message", id: ID, text: "hello" } as const;

/** A hub, a network and a clock that do what a story says. */
class World {
  now = 0;
  sockets: FakeSocket[] = [];
  posts: { path: string; body: Record<string, unknown> }[] = [];
  told: string[] = [];
  tokens: string[] = [];
  reply: (path: string) => Reply = (path) => ({ status: 200, body: answerTo(path) });
  private timers = new Map<number, { at: number; run: () => void }>();
  private nextTimer = 1;

  way: Way = {
    open: () => {
      const socket = new FakeSocket();
      this.sockets.push(socket);
      return socket;
    },
    now: () => this.now,
    setTimer: (run, afterMs) => {
      this.timers.set(this.nextTimer, { at: this.now + afterMs, run });
      return this.nextTimer++;
    },
    clearTimer: (id) => void this.timers.delete(id as number),
    random: () => 1,
    uuid: () => ID,
    onWake: () => () => {},
    post: async (path, body) => {
      this.posts.push({ path, body: body as Record<string, unknown> });
      return this.reply(path);
    },
  };

  handlers: Handlers = {
    started: () => this.told.push("started"),
    gone: () => this.told.push("gone"),
    news: (news) => this.told.push(`news ${news.position}`),
    answered: (id, { outcome }) => this.told.push(`${outcome} ${id === ID ? "it" : id}`),
    typing: () => this.told.push("typing"),
    link: (link) => this.told.push(link),
    token: (token) => this.tokens.push(token),
  };

  async passes(ms: number): Promise<void> {
    const until = this.now + ms;
    for (;;) {
      await settled();
      const due = [...this.timers].filter(([, { at }]) => at <= until);
      const next = due.sort(([, a], [, b]) => a.at - b.at)[0];
      if (next === undefined) break;
      const [id, { at, run }] = next;
      this.timers.delete(id);
      this.now = at;
      run();
    }
    this.now = until;
    await settled();
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  asked(what: string): Record<string, unknown>[] {
    return this.posts.filter(({ path }) => path.endsWith(`/${what}`)).map(({ body }) => body);
  }
}

class FakeSocket implements SocketLike {
  sent: VisitorFrame[] = [];
  isClosed = false;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as VisitorFrame);
  }
  close(): void {
    this.isClosed = true;
  }
  opens(): void {
    this.onopen?.(undefined as never);
  }
  says(frame: VisitorServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  breaks(): void {
    this.onclose?.({ code: 1006 });
  }
}

function news(position: string | null): { type: "news" } & News {
  return { ...samples.news, reset: false, items: [], position };
}

function answerTo(path: string): unknown {
  if (path.endsWith("/act")) return { outcome: "done" };
  if (path.endsWith("/news")) return news("c.9");
  return { token: "t1", widget: {}, visitor: {}, news: news("c.1") };
}

async function settled(): Promise<void> {
  for (let n = 0; n < 20; n += 1) await Promise.resolve();
}

let world: World;
let link: Link;

beforeEach(async () => {
  world = new World();
  const who = { site: "https://shop.example", token: null, user: null, signature: null };
  link = new Link(world.way, "https://hub.example", "c", who, world.handlers);
  await settled();
});

async function live(): Promise<void> {
  link.listen(true, false);
  world.socket.opens();
  world.socket.says(news("c.2"));
  await settled();
}

test("who only looks at a page opens no socket", async () => {
  await world.passes(60_000);
  expect(world.sockets).toHaveLength(0);
  expect(world.told).toEqual(["connecting", "started", "live"]);
});

test("what is written is repeated under its id until it is answered", async () => {
  await live();
  link.act(WRITTEN);
  expect(world.socket.sent.at(-1)).toEqual(WRITTEN);
  world.socket.breaks();
  await world.passes(1_000);
  expect(world.sockets).toHaveLength(2);
  world.socket.opens();
  expect(world.socket.sent).toEqual([{ type: "hello", token: "t1", after: "c.2" }]);
  world.socket.says(news("c.3"));
  expect(world.socket.sent).toEqual([
    { type: "hello", token: "t1", after: "c.2" },
    { type: "ack", position: "c.3" },
    WRITTEN,
  ]);
  world.socket.says({ type: "result", id: ID, outcome: "done" });
  world.socket.says({ type: "result", id: ID, outcome: "done" });
  expect(world.told.filter((told) => told === "done it")).toHaveLength(1);
});

test("a silent socket is given up", async () => {
  await live();
  const first = world.socket;
  await world.passes(15_000);
  expect(first.isClosed).toBe(false);
  await world.passes(2_000);
  expect(first.isClosed).toBe(true);
  expect(world.sockets.length).toBeGreaterThan(1);
});

test("where sockets do not get through, the page asks", async () => {
  link.listen(true, false);
  world.socket.breaks();
  await world.passes(1_000);
  world.socket.breaks();
  await settled();
  expect(world.asked("news")).toEqual([{ token: "t1", after: "c.1" }]);
  link.act(WRITTEN);
  await settled();
  expect(world.asked("act")).toEqual([{ token: "t1", frame: WRITTEN }]);
  expect(world.told).toContain("done it");
  await world.passes(3_000);
  expect(world.asked("news").at(-1)).toEqual({ token: "t1", after: "c.9" });
  const askings = world.asked("news").length;
  await world.passes(9_000);
  expect(world.asked("news").length).toBe(askings + 3);
});

test("asking ends when a socket gets through again", async () => {
  link.listen(true, false);
  world.socket.breaks();
  await world.passes(1_000);
  world.socket.breaks();
  const tried = world.sockets.length;
  await world.passes(61_000);
  expect(world.sockets.length).toBe(tried + 1);
  world.socket.opens();
  world.socket.says(news("c.9"));
  const asked = world.asked("news").length;
  world.socket.says({ type: "beat" });
  await world.passes(10_000);
  expect(world.asked("news").length).toBe(asked);
});

test("what is too fast goes out a little later", async () => {
  await live();
  link.act(WRITTEN);
  world.socket.says({ type: "result", id: ID, outcome: "refused", code: "too_fast", seconds: 4 });
  await world.passes(3_000);
  const sent = () => world.socket.sent.filter(({ type }) => type === "message").length;
  expect(sent()).toBe(1);
  await world.passes(1_500);
  expect(sent()).toBe(2);
});

test("a token that is none is given up for a new one", async () => {
  await live();
  world.socket.says({ type: "error", code: "bad_token", message: "start anew" });
  await settled();
  expect(world.asked("start").map(({ token }) => token)).toEqual([null, null]);
  expect(world.sockets).toHaveLength(2);
});

test("a new token takes the place of the old one", async () => {
  await live();
  link.act(WRITTEN);
  world.socket.says({ type: "result", id: ID, outcome: "done", token: "t2" });
  world.socket.breaks();
  await world.passes(1_000);
  world.socket.opens();
  expect(world.socket.sent[0]).toMatchObject({ token: "t2" });
  expect(world.tokens).toEqual(["t1", "t2"]);
});

test("a page that is refused stays quiet", async () => {
  const refused = new World();
  refused.reply = () => ({ status: 403, body: null });
  const who = { site: "https://evil.example", token: null, user: null, signature: null };
  new Link(refused.way, "https://hub.example", "c", who, refused.handlers);
  await refused.passes(120_000);
  expect(refused.posts).toHaveLength(1);
  expect(refused.told).toEqual(["connecting", "gone"]);
});

test("a hub that does not answer is tried again", async () => {
  const silent = new World();
  silent.reply = () => ({ status: 0, body: null });
  const who = { site: "https://shop.example", token: null, user: null, signature: null };
  new Link(silent.way, "https://hub.example", "c", who, silent.handlers);
  await silent.passes(8_000);
  expect(silent.posts.length).toBe(4);
});
