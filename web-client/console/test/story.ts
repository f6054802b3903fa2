/** A desk in a test: what the server says and the person does, and what can then be seen. */

import type {
  Command,
  Entry,
  Event,
  Fact,
  LineView,
  OperatorView,
  Outcome,
  Row,
  Status,
} from "../../client/index.ts";
import type { KeptDraft } from "../core/desk/drafts.ts";
import { initial, reduce, type State, type StateEvent } from "../core/state.ts";

export const NOW = Date.parse("2026-03-01T09:00:00Z");
export const CHAT = "0-ivan";

export function row(change: Partial<Row> = {}): Row {
  return {
    conversation: CHAT,
    line: "sales",
    channel: "bot",
    customer: "c-ivan",
    customer_name: "Ivan",
    state: "waiting",
    offers: [],
    held: [],
    joined: [],
    unanswered: false,
    waiting_since: "2026-03-01T08:59:00Z",
    late: false,
    started_at: "2026-03-01T08:59:00Z",
    updated_at: "2026-03-01T08:59:00Z",
    preview: "hello",
    last_entry: 1,
    ...change,
  };
}

export function offered(to: string, until = "2026-03-01T09:01:00Z", conversation = CHAT): Row {
  const offer = { operator: to, offer: 1, until, via: "queue" } as const;
  return row({ conversation, state: "offered", offers: [offer] });
}

export function held(by: string, change: Partial<Row> = {}): Row {
  return row({ state: "active", operator: by, held: [by], ...change });
}

/** The same, while the customer does not wait. */
export function answered(by: string, change: Partial<Row> = {}): Row {
  const { waiting_since: _none, ...row } = held(by, change);
  return row;
}

export function colleague(id: string, status: Status = "available"): OperatorView {
  const name = `${id.slice(0, 1).toUpperCase()}${id.slice(1)}`;
  const [role, status_reason, set_away, enabled] = ["operator", null, false, true] as const;
  return { id, name, role, status, status_reason, set_away, enabled };
}

export function line(change: Partial<LineView> = {}): LineView {
  const [active, archived, topics, topic_required] = [true, false, [], false];
  return { id: "sales", name: "Sales", active, archived, topics, topic_required, ...change };
}

export function wrote(n: number, text: string, author: Entry["author"] = { kind: "customer" }): Entry {
  return { n, at: "2026-03-01T09:00:00Z", author, body: { kind: "message", text } };
}

export function fact(n: number, happened: Fact): Entry {
  const author = { kind: "line" } as const;
  return { n, at: "2026-03-01T09:00:00Z", author, body: { kind: "fact", ...happened } };
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
        status_reason: null,
        set_away: false,
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
    const [positions, lines, channels] = [["0:1-1.aa"], [line()], []];
    const operators = [colleague("anna", "available"), colleague("boris", "away")];
    const frame = { type: "snapshot" as const, positions, lines, channels, operators, rows };
    this.on({ on: "frame", frame, at: NOW });
  }

  happens(...events: Event[]): void {
    this.happensAt(NOW, ...events);
  }

  happensAt(at: number, ...events: Event[]): void {
    const frame = { type: "events", shard: 0, from: "0:1-1.aa", to: "0:1-2.aa", events } as const;
    this.on({ on: "frame", frame: { ...frame, events }, at });
  }

  opens(conversation = CHAT): number {
    this.on({ on: "opened", conversation });
    return this.state.chat?.request ?? 0;
  }

  /** The entries that were asked for arrive. */
  reads(...entries: Entry[]): void {
    this.readsWith(null, ...entries);
  }

  /** Also what somebody was just writing there. */
  readsWith(draft: KeptDraft | null, ...entries: Entry[]): void {
    const last_entry = entries.at(-1)?.n ?? 0;
    const transcript = { row: held("anna", { last_entry }), entries, position: "0:1-1.aa", draft };
    this.on({ on: "transcript", request: this.state.chat?.request ?? 0, transcript });
  }

  commands(id: string, command: Command): void {
    this.on({ on: "commanded", id, command });
  }

  writes(id: string, text: string, type: "reply" | "note" = "reply"): void {
    const written = { conversation: CHAT, text };
    const command: Command =
      type === "note" ? { type, ...written } : { type, ...written, files: [] };
    this.on({ on: "commanded", id, command });
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
