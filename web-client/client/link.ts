/**
 * The connection: hello, continuity, beats, acknowledgements, coming back.
 *
 * One promise: the frames handed to `frame` are complete and in order, or a snapshot replaces
 * them; and `state` says `live` only while that is proven.
 */

import { waitMs } from "./backoff.ts";
import { Commands, type Sent } from "./commands.ts";
import type { Environment, SocketLike, TimerId } from "./environment.ts";
import { Positions, shardOf } from "./positions.ts";
import {
  CLOSE_SIGNED_OUT,
  CLOSE_TOO_MANY,
  PROTOCOL_VERSION,
  type ClientFrame,
  type Command,
  type ConversationId,
  type Event,
  type FeedPosition,
  type ServerFrame,
  type ShardId,
} from "./protocol.ts";

/** From opening the socket, or saying hello, to `welcome`. */
const WELCOME_WITHIN_MS = 10_000;
const ACK_EVERY_MS = 1_000;
/** The server lets go of whoever leaves a mebibyte unacknowledged: a busy second may bring more. */
const ACK_EVERY_CHARS = 128 * 1024;
/** How long events may lag behind the beat that announces them. */
const BEAT_GRACE_MS = 1_000;
/** How long a beat is waited for, as a part of the time in which it should have come. */
const BEAT_WAIT = 1.75;
/** After so many doubts in a row a snapshot is asked for instead of a continuation. */
const DOUBTS_BEFORE_SNAPSHOT = 2;
/** After so many, this connection is given up. */
const DOUBTS_BEFORE_CLOSE = 4;
/** As if so many tries had failed: the longest waits. */
const TRIES_WHEN_REFUSED = 4;
/** Doubts are forgotten after so much time without one. */
const CALM_AFTER_MS = 30_000;

export type LinkState =
  | { state: "connecting" }
  | { state: "catching_up" }
  | { state: "live" }
  /** `nextTryAt` is in the environment's milliseconds. */
  | { state: "offline"; nextTryAt: number; why: OfflineWhy }
  | { state: "signed_out" }
  /** The server speaks another version of the protocol: this program must be renewed. */
  | { state: "outdated" }
  | { state: "closed" };

export type OfflineWhy = "lost" | "silent" | "asked_to_come_back" | "too_many_sockets";

export type Handlers = {
  state(state: LinkState): void;
  /** Frames that passed the checks: welcome, snapshot, events, typing, beat, error. */
  frame(frame: ServerFrame): void;
};

export class Link {
  private readonly url: string;
  private readonly environment: Environment;
  private readonly handlers: Handlers;
  private readonly positions = new Positions();
  private readonly commands: Commands;
  private readonly stopWaking: () => void;
  private current: LinkState = { state: "closed" };
  private socket: SocketLike | null = null;
  private isOpen = false;
  private watched: ConversationId | null = null;

  /** Hellos without their `welcome`; until it comes, events belong to the old hello. */
  private hellosOut = 0;
  private beatMs = 0;
  private lastBeatAt = 0;
  private lastAckAt = 0;
  private unacknowledged = 0;
  private tries = 0;
  private doubts = 0;
  private lastDoubtAt = 0;
  /** Shards that the last snapshot did not name. */
  private unnamed = new Set<ShardId>();

  private deadline: TimerId | null = null;
  private retry: TimerId | null = null;
  private ack: TimerId | null = null;
  private suspicion: TimerId | null = null;

  constructor(url: string, environment: Environment, handlers: Handlers) {
    this.url = url;
    this.environment = environment;
    this.handlers = handlers;
    this.commands = new Commands(environment, (frame) => this.send(frame));
    this.stopWaking = environment.onWake(() => this.woke());
    this.connect();
  }

  get state(): LinkState {
    return this.current;
  }

  /** Sends a command until it is answered. */
  command(command: Command): Sent {
    const sent = this.commands.add(command);
    if (this.isOver()) this.commands.abandon("the connection is closed");
    return sent;
  }

  /** Names the conversation that is open on the screen; kept over reconnects. */
  watch(conversation: ConversationId | null): void {
    this.watched = conversation;
    if (this.isOpen && this.hellosOut === 0) this.send({ type: "watch", conversation });
  }

  /** Tries again at once instead of waiting. */
  tryNow(): void {
    if (this.current.state === "offline") this.connect();
  }

  /** Ends it for good. */
  close(): void {
    this.end({ state: "closed" });
  }

  // Opening and closing

  private connect(): void {
    this.stopTimer("retry");
    this.become({ state: "connecting" });
    const socket = this.environment.open(this.url);
    this.socket = socket;
    this.arm("deadline", WELCOME_WITHIN_MS, () => this.lose("silent"));
    socket.onopen = () => {
      if (this.socket !== socket) return;
      this.isOpen = true;
      this.become({ state: "catching_up" });
      this.hello(this.positions.all());
    };
    socket.onmessage = (event) => {
      if (this.socket === socket) this.received(event.data);
    };
    socket.onclose = (event) => {
      if (this.socket === socket) this.socketClosed(event.code);
    };
  }

  private socketClosed(code: number): void {
    if (code === CLOSE_SIGNED_OUT) this.end({ state: "signed_out" });
    else if (code === CLOSE_TOO_MANY) this.refuse("too_many_sockets");
    else this.lose("lost");
  }

  /** Trying again in a hurry would be refused again. */
  private refuse(why: OfflineWhy): void {
    this.tries = Math.max(this.tries, TRIES_WHEN_REFUSED);
    this.lose(why);
  }

  private lose(why: OfflineWhy): void {
    const wait = waitMs(this.tries, this.environment.random());
    this.tries += 1;
    this.comeBackIn(wait, why);
  }

  private comeBackIn(wait: number, why: OfflineWhy): void {
    this.drop();
    this.become({ state: "offline", nextTryAt: this.environment.now() + wait, why });
    this.arm("retry", wait, () => this.connect());
  }

  private end(state: LinkState): void {
    this.drop();
    this.stopTimer("retry");
    this.stopWaking();
    this.become(state);
    this.commands.abandon("the connection is closed");
  }

  private isOver(): boolean {
    const { state } = this.current;
    return state === "signed_out" || state === "outdated" || state === "closed";
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    this.isOpen = false;
    this.hellosOut = 0;
    this.stopTimer("deadline");
    this.stopTimer("ack");
    this.stopTimer("suspicion");
    this.commands.closed();
    socket?.close(1000);
  }

  /** The machine slept, or the network came back: what timers promised may be long over. */
  private woke(): void {
    if (this.current.state === "offline") {
      const { why } = this.current;
      if (why === "lost" || why === "silent") this.connect();
    } else if (this.hellosOut === 0 && this.isOpen && this.beatOverdue()) {
      this.tries = 0;
      this.drop();
      this.connect();
    }
  }

  // Frames

  private received(data: unknown): void {
    if (typeof data === "string") this.unacknowledged += data.length;
    const frame = parse(data);
    if (frame === null) return;
    switch (frame.type) {
      case "welcome":
        return this.welcomed(frame);
      case "result":
        return this.commands.answered(frame.cmd_id, frame);
      case "reconnect":
        return this.comeBackIn(frame.after_ms, "asked_to_come_back");
      case "error":
        return this.misunderstood(frame);
      case "snapshot":
      case "events":
      case "caught_up":
      case "beat":
        if (this.hellosOut === 0) this.followed(frame);
        return;
      case "typing":
        return this.handlers.frame(frame);
      default:
        return frame satisfies never;
    }
  }

  private followed(
    frame: Extract<ServerFrame, { type: "snapshot" | "events" | "caught_up" | "beat" }>,
  ): void {
    switch (frame.type) {
      case "snapshot":
        this.handlers.frame(frame);
        this.positions.replace(frame.positions);
        return this.acknowledge();
      case "events":
        if (!this.positions.continues(frame.shard, frame.from)) return this.doubt();
        this.handlers.frame(frame);
        this.positions.move(frame.shard, frame.to);
        return this.acknowledge();
      case "caught_up":
        this.tries = 0;
        return this.become({ state: "live" });
      case "beat":
        return this.beat(frame);
      default:
        return frame satisfies never;
    }
  }

  private hello(positions: FeedPosition[]): void {
    this.hellosOut += 1;
    this.stopTimer("suspicion");
    this.arm("deadline", WELCOME_WITHIN_MS, () => this.lose("silent"));
    this.send({ type: "hello", protocol: PROTOCOL_VERSION, positions });
  }

  private welcomed(frame: Extract<ServerFrame, { type: "welcome" }>): void {
    this.hellosOut = Math.max(0, this.hellosOut - 1);
    if (this.hellosOut > 0) return;
    this.beatMs = frame.beat_seconds * 1_000;
    this.heard();
    this.handlers.frame(frame);
    if (this.watched !== null) this.send({ type: "watch", conversation: this.watched });
    this.commands.opened();
  }

  private misunderstood(frame: Extract<ServerFrame, { type: "error" }>): void {
    this.handlers.frame(frame);
    if (frame.code === "protocol_version") this.end({ state: "outdated" });
    else if (frame.code === "hello_expected") this.doubt();
  }

  // Proof that nothing is missing

  private beat(frame: Extract<ServerFrame, { type: "beat" }>): void {
    this.heard();
    this.handlers.frame(frame);
    // Timers of a page in the background may be held back for a minute; beats are not.
    if (this.positions.hasMoved()) this.sendAck();
    const { differ, unknown } = this.positions.compare(frame.positions);
    if (differ.size === 0 && unknown.length === 0) return;
    if (this.suspicion !== null) return;
    this.arm("suspicion", BEAT_GRACE_MS, () => {
      if ([...differ].some(([shard, held]) => this.positions.at(shard) === held)) this.doubt();
      else this.meet(unknown);
    });
  }

  /** Shards that we know nothing of: a snapshot names them all; one that it left out is empty. */
  private meet(unknown: FeedPosition[]): void {
    const strange = unknown.filter((position) => this.positions.at(shardOf(position)) === undefined);
    const unnamed = strange.filter((position) => this.unnamed.has(shardOf(position)));
    for (const position of unnamed) this.positions.move(shardOf(position), position);
    if (strange.length > unnamed.length) {
      for (const position of strange) this.unnamed.add(shardOf(position));
      this.become({ state: "catching_up" });
      this.hello([]);
    }
  }

  private doubt(): void {
    const now = this.environment.now();
    this.doubts = now - this.lastDoubtAt > CALM_AFTER_MS ? 1 : this.doubts + 1;
    this.lastDoubtAt = now;
    if (this.doubts >= DOUBTS_BEFORE_CLOSE) {
      this.positions.replace([]);
      return this.refuse("lost");
    }
    this.become({ state: "catching_up" });
    this.hello(this.doubts > DOUBTS_BEFORE_SNAPSHOT ? [] : this.positions.all());
  }

  private heard(): void {
    this.lastBeatAt = this.environment.now();
    this.arm("deadline", this.beatMs * BEAT_WAIT, () => this.lose("silent"));
  }

  private beatOverdue(): boolean {
    return this.environment.now() - this.lastBeatAt > this.beatMs * BEAT_WAIT;
  }

  private acknowledge(): void {
    const since = this.environment.now() - this.lastAckAt;
    if (since >= ACK_EVERY_MS || this.unacknowledged >= ACK_EVERY_CHARS) this.sendAck();
    else if (this.ack === null) this.arm("ack", ACK_EVERY_MS - since, () => this.sendAck());
  }

  private sendAck(): void {
    this.stopTimer("ack");
    if (!this.positions.hasMoved()) return;
    this.lastAckAt = this.environment.now();
    this.unacknowledged = 0;
    this.send({ type: "ack", positions: this.positions.takeMoved() });
  }

  // Small things

  private send(frame: ClientFrame): void {
    if (this.isOpen) this.socket?.send(JSON.stringify(frame));
  }

  private become(state: LinkState): void {
    this.current = state;
    this.handlers.state(state);
  }

  private arm(timer: TimerName, afterMs: number, run: () => void): void {
    this.stopTimer(timer);
    this[timer] = this.environment.setTimer(() => {
      this[timer] = null;
      run();
    }, afterMs);
  }

  private stopTimer(timer: TimerName): void {
    if (this[timer] !== null) this.environment.clearTimer(this[timer]);
    this[timer] = null;
  }
}

type TimerName = "deadline" | "retry" | "ack" | "suspicion";

/** A frame that this version knows, with the events that it knows; the rest is passed over. */
function parse(data: unknown): ServerFrame | null {
  if (typeof data !== "string") return null;
  try {
    const frame: unknown = JSON.parse(data);
    const known = typeof frame === "object" && frame !== null && "type" in frame;
    return known && FRAMES.has(frame.type) ? withKnownEvents(frame as ServerFrame) : null;
  } catch {
    return null;
  }
}

function withKnownEvents(frame: ServerFrame): ServerFrame {
  if (frame.type !== "events") return frame;
  return { ...frame, events: frame.events.filter((event) => EVENTS.has(event.kind)) };
}

const FRAMES: ReadonlySet<unknown> = new Set<ServerFrame["type"]>([
  "welcome",
  "snapshot",
  "events",
  "typing",
  "caught_up",
  "result",
  "beat",
  "reconnect",
  "error",
]);

/** A kind that is missing here does not compile: it would be passed over in silence. */
const KINDS: Record<Event["kind"], true> = {
  row: true,
  gone: true,
  entry: true,
  edited: true,
  delivery: true,
  file: true,
  reacted: true,
  deleted: true,
  corrected: true,
  line: true,
  channel: true,
  operator: true,
  alarm: true,
};
const EVENTS: ReadonlySet<unknown> = new Set(Object.keys(KINDS));
