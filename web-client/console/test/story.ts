/** A desk in a test: what the server says and the person does, and what can then be seen. */

import type { Entry, Event, Outcome, Row } from "../../client/index.ts";
import { initial, reduce, type State, type StateEvent } from "../core/state.ts";

export const NOW = Date.parse("2026-03-01T09:00:00Z");
export const CHAT = "0-ivan";

export function row(change: Partial<Row> = {}): Row {
  return {
    conversation: CHAT,
    line: "sales",
    channel: "bot",
    customer_name: "Ivan",
    state: "waiting",
    operator: null,
    offers: [],
    held: [],
    unanswered: false,
    waiting_since: "2026-03-01T08:59:00Z",
    started_at: "2026-03-01T08:59:00Z",
    updated_at: "2026-03-01T08:59:00Z",
    preview: "hello",
    preview_kind: null,
    last_entry: 1,
    ...change,
  };
}

export function offered(to: string, until = "2026-03-01T09:01:00Z", conversation = CHAT): Row {
  return row({ conversation, state: "offered", offers: [{ operator: to, offer: 1, until }] });
}

export function held(by: string, change: Partial<Row> = {}): Row {
  return row({ state: "active", operator: by, held: [by], ...change });
}

export function wrote(n: number, text: string, author: Entry["author"] = { kind: "customer" }): Entry {
  return { n, at: "2026-03-01T09:00:00Z", author, body: { kind: "message", text } };
}

export const ANNA: Entry["author"] = { kind: "operator", id: "anna" };

export class Story {
  state: State = initial;

  /** Anna at her desk, before the first snapshot. */
  static atDesk(): Story {
    const story = new Story();
    story.on({
      on: "signed_in",
      me: {
        id: "anna",
        name: "Anna",
        role: "operator",
        status: "available",
        queues: ["sales"],
        supervises: [],
      },
    });
    return story;
  }

  on(event: StateEvent): void {
    this.state = reduce(this.state, event);
  }

  shows(...rows: Row[]): void {
    const [positions, lines, channels] = [["0:1-1.aa"], [], []];
    const operators = [
      { id: "anna", name: "Anna", role: "operator", status: "available", enabled: true } as const,
      { id: "boris", name: "Boris", role: "operator", status: "away", enabled: true } as const,
    ];
    const frame = { type: "snapshot", positions, lines, channels, operators, rows } as const;
    this.on({ on: "frame", frame: { ...frame, operators: [...operators] }, at: NOW });
  }

  happens(...events: Event[]): void {
    const frame = { type: "events", shard: 0, from: "0:1-1.aa", to: "0:1-2.aa", events } as const;
    this.on({ on: "frame", frame: { ...frame, events }, at: NOW });
  }

  opens(conversation = CHAT): number {
    this.on({ on: "opened", conversation });
    return this.state.chat?.request ?? 0;
  }

  /** The entries that were asked for arrive. */
  reads(...entries: Entry[]): void {
    const last_entry = entries.at(-1)?.n ?? 0;
    const transcript = { row: held("anna", { last_entry }), entries, position: "0:1-1.aa" };
    this.on({ on: "transcript", request: this.state.chat?.request ?? 0, transcript });
  }

  writes(id: string, text: string, type: "reply" | "note" = "reply"): void {
    this.on({ on: "commanded", id, command: { type, conversation: CHAT, text } });
  }

  isAnswered(id: string, outcome: Outcome): void {
    this.on({ on: "answered", id, outcome });
  }

  get texts(): string[] {
    return (this.state.chat?.entries ?? []).map(({ body }) =>
      body.kind === "fact" ? body.fact : body.text,
    );
  }

  get sending(): string[] {
    return this.state.outgoing.map((sent) => sent.text);
  }
}
