/** A pretend world for the client: sockets that a test answers, and time that it moves. */

import { vi } from "vitest";
import { connect, type ClientFrame, type LinkState, type ServerFrame } from "../index.ts";
import type { Environment, SocketLike } from "../environment.ts";

export class FakeSocket implements SocketLike {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  sent: ClientFrame[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.isClosed = true;
  }
}

/** One link in a pretend world. `vi.useFakeTimers()` must be on. */
export class World {
  sockets: FakeSocket[] = [];
  states: LinkState[] = [];
  frames: ServerFrame[] = [];
  chance = 0.5;
  private ids = 0;
  private wake: (() => void) | null = null;

  private readonly environment: Environment = {
    open: () => {
      const socket = new FakeSocket();
      this.sockets.push(socket);
      return socket;
    },
    now: () => Date.now(),
    setTimer: (run, afterMs) => setTimeout(run, afterMs),
    clearTimer: (id) => clearTimeout(id as ReturnType<typeof setTimeout>),
    random: () => this.chance,
    uuid: () => `command-${(this.ids += 1)}`,
    onWake: (run) => {
      this.wake = run;
      return () => {
        this.wake = null;
      };
    },
  };

  readonly link = connect("ws://desk.test/ws/operator", this.handlers(), this.environment);

  private handlers() {
    return {
      state: (state: LinkState) => this.states.push(state),
      frame: (frame: ServerFrame) => this.frames.push(frame),
    };
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  get state(): LinkState["state"] {
    return this.link.state.state;
  }

  opens(): void {
    this.socket.onopen?.(undefined as never);
  }

  says(frame: ServerFrame): void {
    this.socket.onmessage?.({ data: JSON.stringify(frame) });
  }

  closes(code: number): void {
    this.socket.onclose?.({ code });
  }

  wakes(): void {
    this.wake?.();
  }

  /** Time passes and the machine's timers do not run: it sleeps. */
  sleepsFor(seconds: number): void {
    vi.setSystemTime(Date.now() + seconds * 1_000);
  }

  passes(seconds: number): void {
    vi.advanceTimersByTime(seconds * 1_000);
  }

  welcomes(): void {
    this.says({
      type: "welcome",
      protocol: 1,
      me: {
        id: "anna",
        name: "Anna",
        role: "operator",
        status: "available",
        status_reason: null,
        set_away: false,
        queues: [],
        supervises: [],
      },
      beat_seconds: 10,
      now: "2026-03-01T09:00:00Z",
    });
  }

  showsAll(...positions: string[]): void {
    this.says({ type: "snapshot", positions, lines: [], channels: [], operators: [], rows: [] });
    this.says({ type: "caught_up" });
  }

  moves(shard: number, from: string, to: string): void {
    this.says({ type: "events", shard, from, to, events: [{ kind: "gone", conversation: to }] });
  }

  beats(...positions: string[]): void {
    this.says({ type: "beat", positions, now: "2026-03-01T09:00:00Z" });
  }

  /** Connected, with everything taken in up to `positions`. */
  goesLive(...positions: string[]): void {
    this.opens();
    this.welcomes();
    this.showsAll(...positions);
  }

  sent<T extends ClientFrame["type"]>(type: T): Extract<ClientFrame, { type: T }>[] {
    const ofType = (frame: ClientFrame): frame is Extract<ClientFrame, { type: T }> =>
      frame.type === type;
    return this.socket.sent.filter(ofType);
  }

  /** Conversations of the events that were handed on, in order. */
  get seen(): string[] {
    const events = this.frames.flatMap((frame) => (frame.type === "events" ? frame.events : []));
    return events.map((event) => (event.kind === "gone" ? event.conversation : event.kind));
  }
}
