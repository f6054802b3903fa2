/**
 * The way to the hub: a socket, or asking again and again where sockets do not get through.
 *
 * One promise: whatever has an id is repeated under that id until it is answered, and news join on
 * without a gap, as each says from where the next go on.
 */

import { waitMs } from "../../client/backoff.ts";
import type { Environment, SocketLike, TimerId } from "../../client/environment.ts";
import type {
  Act,
  News,
  Outcome,
  Started,
  VisitorFrame,
  VisitorServerFrame,
} from "../core/protocol.ts";

/** Without a word for so long, a socket is dead: the hub says something every 5 s. */
const SILENCE_MS = 16_000;
/** Sockets that failed before a word came, after which the page asks instead. */
const FAILURES_BEFORE_ASKING = 2;
const ASK_EVERY_MS = 3_000;
const ASK_HIDDEN_EVERY_MS = 15_000;
/** While asking, a socket is tried once in so many askings. */
const ASKINGS_BEFORE_SOCKET = 20;
const UNAVAILABLE_MS = 2_000;

export type Reply = { status: number; body: unknown };

export type Way = Environment & {
  /** POSTs JSON; a reply of status 0: nobody answers. */
  post(path: string, body: unknown): Promise<Reply>;
};

export type Handlers = {
  started(started: Started): void;
  gone(): void;
  news(news: News): void;
  answered(id: string, outcome: Outcome): void;
  typing(): void;
  link(link: "connecting" | "live" | "offline"): void;
  token(token: string): void;
};

export type Who = { site: string; token: string | null; user: string | null; signature: string | null };

export class Link {
  private readonly way: Way;
  private readonly base: string;
  private readonly socketUrl: string;
  private readonly handlers: Handlers;
  private readonly who: Who;
  private token: string | null;
  private position: string | null = null;
  private isStarted = false;
  /** It has something to hear: a chat that goes on, or a visitor who looks. */
  private isWanted = false;
  private isHidden = false;
  private socket: SocketLike | null = null;
  private isLive = false;
  private failures = 0;
  private tries = 0;
  private askings = 0;
  private isAsking = false;
  private waiting = new Map<string, Act>();
  private retry: TimerId | null = null;
  private silence: TimerId | null = null;

  constructor(way: Way, hub: string, channel: string, who: Who, handlers: Handlers) {
    this.way = way;
    this.base = `/widget/${channel}`;
    this.socketUrl = `${hub.replace(/^http/, "ws")}/ws/visitor/${channel}`;
    this.who = who;
    this.token = who.token;
    this.handlers = handlers;
    way.onWake(() => this.woke());
    void this.start();
  }

  /** The proof of who the visitor is, for what is asked beside this link. */
  get bearer(): string {
    return this.token ?? "";
  }

  /** Whether there is anything to listen for. */
  listen(isWanted: boolean, isHidden: boolean): void {
    const begins = isWanted && !this.isWanted;
    this.isWanted = isWanted;
    this.isHidden = isHidden;
    if (begins && this.isStarted) this.goOn();
  }

  /** Does something that is repeated until it is answered. */
  act(act: Act): void {
    this.waiting.set(act.id, act);
    this.isWanted = true;
    if (this.isLive) this.say(act);
    else if (this.mustPost()) void this.post(act);
    else if (this.isStarted) this.goOn();
  }

  /** Says something that may be lost. */
  mention(frame: Extract<VisitorFrame, { type: "received" | "typing" }>): void {
    if (this.isLive) this.say(frame);
    else if (this.mustPost() && frame.type === "received") void this.ask("act", { frame });
  }

  // Starting

  private async start(): Promise<void> {
    this.handlers.link("connecting");
    const { site, user, signature } = this.who;
    const asked = { site, token: this.token, after: this.position, user, signature };
    const reply = await this.way.post(`${this.base}/start`, asked);
    if (reply.status === 403 || reply.status === 404) return this.handlers.gone();
    if (reply.status !== 200) {
      this.handlers.link("offline");
      return this.later(waitMs(this.tries++, this.way.random()), () => void this.start());
    }
    const started = reply.body as Started;
    this.tries = 0;
    this.isStarted = true;
    this.takeToken(started.token);
    this.position = started.news.position;
    this.handlers.started(started);
    this.handlers.link("live");
    if (this.isWanted) this.goOn();
  }

  private takeToken(token: string): void {
    this.token = token;
    this.handlers.token(token);
  }

  private startAnew(): void {
    this.dropSocket();
    this.isStarted = false;
    void this.start();
  }

  // The socket

  private goOn(): void {
    if (this.socket !== null || !this.isStarted || this.isAsking) return;
    if (this.failures < FAILURES_BEFORE_ASKING) this.connect();
    else void this.keepAsking();
  }

  private connect(): void {
    this.stopRetry();
    const socket = this.way.open(this.socketUrl);
    this.socket = socket;
    this.heard();
    socket.onopen = () => {
      if (this.socket !== socket) return;
      this.say({ type: "hello", token: this.token ?? "", after: this.position });
    };
    socket.onmessage = (event) => {
      if (this.socket === socket) this.received(String(event.data));
    };
    socket.onclose = () => {
      if (this.socket === socket) this.lost(null);
    };
  }

  private received(text: string): void {
    const frame = JSON.parse(text) as VisitorServerFrame;
    this.heard();
    switch (frame.type) {
      case "news":
        this.take(frame);
        this.say({ type: "ack", position: frame.position ?? "" });
        if (!this.isLive) this.becomeLive();
        return;
      case "result":
        return this.answered(frame.id, frame);
      case "typing":
        return this.handlers.typing();
      case "beat":
        return;
      case "reconnect":
        return this.lost(frame.after_ms);
      case "error":
        if (frame.code === "bad_token") {
          this.token = null;
          this.startAnew();
        }
        return;
      default:
        return frame satisfies never;
    }
  }

  private becomeLive(): void {
    this.isLive = true;
    this.failures = 0;
    this.tries = 0;
    this.handlers.link("live");
    for (const act of this.waiting.values()) this.say(act);
  }

  private take(news: News): void {
    this.position = news.position;
    this.handlers.news(news);
  }

  /** `afterMs`: when the hub wants to see us again. */
  private lost(afterMs: number | null): void {
    if (!this.isLive) this.failures += 1;
    this.dropSocket();
    this.handlers.link("offline");
    if (this.failures >= FAILURES_BEFORE_ASKING) return void this.keepAsking();
    this.later(afterMs ?? waitMs(this.tries++, this.way.random()), () => this.goOn());
  }

  private dropSocket(): void {
    const socket = this.socket;
    this.socket = null;
    this.isLive = false;
    if (this.silence !== null) this.way.clearTimer(this.silence);
    socket?.close();
  }

  private heard(): void {
    if (this.silence !== null) this.way.clearTimer(this.silence);
    this.silence = this.way.setTimer(() => this.lost(null), SILENCE_MS);
  }

  private say(frame: VisitorFrame): void {
    this.socket?.send(JSON.stringify(frame));
  }

  private woke(): void {
    if (this.retry === null) return;
    this.stopRetry();
    if (this.isStarted) this.goOn();
    else void this.start();
  }

  // Asking

  private mustPost(): boolean {
    return this.isStarted && !this.isLive && this.failures >= FAILURES_BEFORE_ASKING;
  }

  private async keepAsking(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    for (const act of this.waiting.values()) void this.post(act);
    const reply = await this.ask("news", { after: this.position });
    this.isAsking = false;
    if (!this.isStarted || this.isLive) return;
    if (reply.status === 200) {
      this.take(reply.body as News);
      this.handlers.link("live");
    } else if (reply.status !== 401) this.handlers.link("offline");
    this.askings += 1;
    const again = this.isHidden ? ASK_HIDDEN_EVERY_MS : ASK_EVERY_MS;
    this.later(again, () => {
      if (this.askings % ASKINGS_BEFORE_SOCKET === 0) this.failures = FAILURES_BEFORE_ASKING - 1;
      this.goOn();
    });
  }

  private async post(act: Act): Promise<void> {
    const reply = await this.ask("act", { frame: act });
    if (reply.status === 200) this.answered(act.id, reply.body as Outcome);
  }

  private async ask(what: "news" | "act", body: object): Promise<Reply> {
    const reply = await this.way.post(`${this.base}/${what}`, { token: this.token, ...body });
    if (reply.status === 401) {
      this.token = null;
      this.startAnew();
    }
    return reply;
  }

  // Answers

  private answered(id: string, outcome: Outcome): void {
    const act = this.waiting.get(id);
    if (act === undefined) return;
    if (outcome.outcome === "refused" && isPassing(outcome.code)) {
      const waits = outcome.code === "too_fast" ? outcome.seconds * 1_000 : UNAVAILABLE_MS;
      this.way.setTimer(() => this.repeat(act), waits);
      return;
    }
    this.waiting.delete(id);
    if (outcome.outcome === "done" && outcome.token !== undefined) this.takeToken(outcome.token);
    this.handlers.answered(id, outcome);
    if (this.mustPost()) this.goOn();
  }

  private repeat(act: Act): void {
    if (!this.waiting.has(act.id)) return;
    if (this.isLive) this.say(act);
    else if (this.mustPost()) void this.post(act);
  }

  // Timers

  private later(ms: number, run: () => void): void {
    this.stopRetry();
    this.retry = this.way.setTimer(() => {
      this.retry = null;
      run();
    }, ms);
  }

  private stopRetry(): void {
    if (this.retry !== null) this.way.clearTimer(this.retry);
    this.retry = null;
  }
}

/** It may go better a little later. */
function isPassing(code: string): boolean {
  return code === "too_fast" || code === "unavailable";
}
