/**
 * What the console knows, and how an event changes it.
 *
 * Pure: no DOM, no socket, no storage, no clock; time comes in the events.
 */

import type {
  ChannelView,
  Command,
  CommandId,
  CommandRefusal,
  ConversationId,
  Entry,
  Event,
  LineView,
  LinkState,
  Me,
  OperatorView,
  Outcome,
  Row,
  ServerFrame,
  Status,
} from "../../client/index.ts";
import { emptyChat, loaded, withEvent, type Chat, type Transcript } from "./chat.ts";
import { NO_LINES, withLines, type Lines, type LinesEvent } from "./lines.ts";
import { settled, withoutArrived, type Outgoing } from "./outgoing.ts";
import { DESK, type Place } from "./place.ts";

export type State = {
  screen: Screen;
  language: Language;
  sound: boolean;
  me: Me | null;
  link: LinkState;
  /** The server's clock minus ours, in milliseconds. */
  clockAheadMs: number;
  /** A snapshot has come: empty lists are really empty. */
  filled: boolean;
  lines: Readonly<Record<string, LineView>>;
  channels: Readonly<Record<string, ChannelView>>;
  operators: Readonly<Record<string, OperatorView>>;
  rows: Readonly<Record<ConversationId, Row>>;
  chat: Chat | null;
  /** How often entries were asked for. */
  requests: number;
  drafts: Readonly<Record<ConversationId, Draft>>;
  unread: Readonly<Record<ConversationId, number>>;
  underway: Readonly<Record<CommandId, Command>>;
  outgoing: readonly Outgoing[];
  notice: Notice | null;
  isPageVisible: boolean;
  place: Place;
  /** The lines as they are set up; `lines` above are their names. */
  setting: Lines;
};

export type Language = "en" | "ru";

export type Screen =
  | { at: "loading" }
  | { at: "sign_in"; busy: boolean; problem: GateProblem | null }
  | { at: "set_up"; token: string; busy: boolean; problem: GateProblem | null }
  | { at: "desk" };

/** Why somebody did not get in. */
export type GateProblem =
  | { kind: "wrong_password" }
  | { kind: "throttled"; seconds: number | null }
  | { kind: "unreachable" }
  | { kind: "link_used" }
  | { kind: "invalid"; field: string | null; allowed: string | null }
  | { kind: "signed_out" }
  | { kind: "unexpected"; status: number };

export type Draft = { text: string; isNote: boolean };

export const EMPTY_DRAFT: Draft = { text: "", isNote: false };

/** Something that did not work, for the person to read. */
export type Notice = { command: Command["type"]; why: CommandRefusal };

export type StateEvent =
  | { on: "frame"; frame: ServerFrame; at: number }
  | { on: "link"; link: LinkState }
  | { on: "screen"; screen: Screen }
  | { on: "signed_in"; me: Me }
  | { on: "signed_out"; problem: GateProblem | null }
  | { on: "opened"; conversation: ConversationId | null }
  | { on: "chat_stale" }
  | { on: "transcript"; request: number; transcript: Transcript }
  | { on: "transcript_failed"; request: number; why: "not_allowed" | "unreachable" }
  | { on: "drafted"; conversation: ConversationId; draft: Draft }
  | { on: "commanded"; id: CommandId; command: Command }
  | { on: "answered"; id: CommandId; outcome: Outcome }
  | { on: "notice_read" }
  | { on: "page_visible"; isPageVisible: boolean }
  | { on: "language"; language: Language }
  | { on: "sound"; sound: boolean }
  | { on: "place"; place: Place }
  | { on: "lines"; event: LinesEvent };

export const initial: State = {
  screen: { at: "loading" },
  language: "en",
  sound: true,
  me: null,
  link: { state: "connecting" },
  clockAheadMs: 0,
  filled: false,
  lines: {},
  channels: {},
  operators: {},
  rows: {},
  chat: null,
  requests: 0,
  drafts: {},
  unread: {},
  underway: {},
  outgoing: [],
  notice: null,
  isPageVisible: true,
  place: DESK,
  setting: NO_LINES,
};

export function reduce(state: State, event: StateEvent): State {
  switch (event.on) {
    case "frame":
      return withFrame(state, event.frame, event.at);
    case "link":
      return { ...state, link: event.link };
    case "screen":
      return { ...state, screen: event.screen };
    case "signed_in":
      return { ...state, screen: { at: "desk" }, me: event.me };
    case "signed_out":
      return signedOut(state, event.problem);
    case "opened":
      return opened(state, event.conversation);
    case "chat_stale":
      return stale(state);
    case "transcript":
      return withTranscript(state, event.request, event.transcript);
    case "transcript_failed":
      if (state.chat?.request !== event.request) return state;
      return { ...state, chat: { ...state.chat, failed: event.why } };
    case "drafted":
      return { ...state, drafts: { ...state.drafts, [event.conversation]: event.draft } };
    case "commanded":
      return commanded(state, event.id, event.command);
    case "answered":
      return answered(state, event.id, event.outcome);
    case "notice_read":
      return { ...state, notice: null };
    case "page_visible":
      return read({ ...state, isPageVisible: event.isPageVisible });
    case "language":
      return { ...state, language: event.language };
    case "sound":
      return { ...state, sound: event.sound };
    case "place":
      return { ...state, place: event.place };
    case "lines":
      return { ...state, setting: withLines(state.setting, event.event) };
    default:
      return event satisfies never;
  }
}

function signedOut(state: State, problem: GateProblem | null): State {
  const { language, sound, isPageVisible, requests, place } = state;
  const screen: Screen = { at: "sign_in", busy: false, problem };
  return { ...initial, language, sound, isPageVisible, requests, place, screen };
}

// What the server says

function withFrame(state: State, frame: ServerFrame, at: number): State {
  switch (frame.type) {
    case "welcome":
      return { ...state, me: frame.me, clockAheadMs: Date.parse(frame.now) - at };
    case "beat":
      return { ...state, clockAheadMs: Date.parse(frame.now) - at };
    case "snapshot":
      return withSnapshot(state, frame);
    case "events":
      return frame.events.reduce(applied, state);
    case "caught_up":
    case "result":
    case "reconnect":
    case "error":
      // The link answers these itself; they say nothing about conversations.
      return state;
    default:
      return frame satisfies never;
  }
}

function withSnapshot(state: State, frame: Extract<ServerFrame, { type: "snapshot" }>): State {
  return stale({
    ...state,
    filled: true,
    lines: keyed(frame.lines, (line) => line.id),
    channels: keyed(frame.channels, (channel) => channel.id),
    operators: keyed(frame.operators, (operator) => operator.id),
    rows: keyed(frame.rows, (row) => row.conversation),
  });
}

function applied(state: State, event: Event): State {
  const next = { ...state, chat: withEvent(state.chat, event) };
  switch (event.kind) {
    case "row":
      return withRow(next, event.row);
    case "gone":
      return {
        ...next,
        rows: without(state.rows, event.conversation),
        unread: without(state.unread, event.conversation),
      };
    case "entry":
      return withEntry(next, event.conversation, event.entry);
    case "edited":
    case "delivery":
      // These concern the open chat only.
      return next;
    case "line":
      return { ...next, lines: { ...state.lines, [event.line.id]: event.line } };
    case "channel":
      return { ...next, channels: { ...state.channels, [event.channel.id]: event.channel } };
    case "operator":
      return withOperator(next, event.operator);
    default:
      return event satisfies never;
  }
}

function withRow(state: State, row: Row): State {
  const next = { ...state, rows: { ...state.rows, [row.conversation]: row } };
  const wasRefused = state.chat?.failed === "not_allowed";
  const concernsMe =
    row.operator === state.me?.id || row.offers.some((offer) => offer.operator === state.me?.id);
  const isOpen = state.chat?.conversation === row.conversation;
  return isOpen && wasRefused && concernsMe ? stale(next) : next;
}

function withEntry(state: State, conversation: ConversationId, entry: Entry): State {
  const outgoing = withoutArrived(state.outgoing, conversation, [entry], state.me?.id);
  const next = { ...state, outgoing };
  const isMine = state.rows[conversation]?.operator === state.me?.id;
  if (entry.author.kind !== "customer" || !isMine) return next;
  const unread = { ...state.unread, [conversation]: (state.unread[conversation] ?? 0) + 1 };
  return read({ ...next, unread });
}

function withOperator(state: State, operator: OperatorView): State {
  const { name, role, status } = operator;
  const me = state.me?.id === operator.id ? { ...state.me, name, role, status } : state.me;
  return { ...state, me, operators: { ...state.operators, [operator.id]: operator } };
}

// The open chat

function opened(state: State, conversation: ConversationId | null): State {
  if (conversation === null) return { ...state, chat: null };
  if (state.chat?.conversation === conversation) return state;
  const requests = state.requests + 1;
  return read({ ...state, requests, chat: emptyChat(conversation, requests) });
}

/** Asks for the entries anew; those at hand stay on the screen meanwhile. */
function stale(state: State): State {
  if (state.chat === null) return state;
  const requests = state.requests + 1;
  const chat = { ...state.chat, request: requests, early: [], isLoading: true, failed: null };
  return { ...state, requests, chat };
}

function withTranscript(state: State, request: number, transcript: Transcript): State {
  if (state.chat?.request !== request) return state;
  const { conversation } = state.chat;
  const outgoing = withoutArrived(state.outgoing, conversation, transcript.entries, state.me?.id);
  return { ...state, chat: loaded(state.chat, transcript), outgoing };
}

/** Whoever looks at a chat has read it. */
function read(state: State): State {
  if (!state.isPageVisible || state.chat === null) return state;
  return { ...state, unread: without(state.unread, state.chat.conversation) };
}

// Commands

function commanded(state: State, id: CommandId, command: Command): State {
  const underway = { ...state.underway, [id]: command };
  const next = { ...state, underway, notice: null };
  if (command.type !== "reply" && command.type !== "note") return next;
  const { conversation, text } = command;
  const isNote = command.type === "note";
  const after = state.rows[conversation]?.last_entry ?? 0;
  const outgoing = [...state.outgoing, { id, conversation, text, isNote, after }];
  const drafts = { ...state.drafts, [conversation]: { text: "", isNote } };
  return { ...next, outgoing, drafts };
}

function answered(state: State, id: CommandId, outcome: Outcome): State {
  const command = state.underway[id];
  if (command === undefined) return state;
  const next = { ...state, underway: without(state.underway, id) };
  switch (outcome.outcome) {
    case "done":
    case "repeated":
      return carriedOut(next, id, command);
    case "refused":
      return refused(next, id, command, outcome);
    default:
      return outcome satisfies never;
  }
}

function carriedOut(state: State, id: CommandId, command: Command): State {
  if (command.type === "set_status" && state.me !== null) {
    return { ...state, me: { ...state.me, status: command.status } };
  }
  return { ...state, outgoing: settled(state.outgoing, id) };
}

/** What was written and refused goes back into the box, before what was begun meanwhile. */
function refused(state: State, id: CommandId, command: Command, why: CommandRefusal): State {
  const next = { ...state, notice: { command: command.type, why } };
  if (command.type !== "reply" && command.type !== "note") return next;
  const begun = state.drafts[command.conversation]?.text ?? "";
  const text = begun === "" ? command.text : `${command.text}\n${begun}`;
  const draft = { text, isNote: command.type === "note" };
  return {
    ...next,
    outgoing: state.outgoing.filter((sent) => sent.id !== id),
    drafts: { ...state.drafts, [command.conversation]: draft },
  };
}

/** The status to show: the one just chosen, if it is still on its way. */
export function shownStatus(state: State): Status | null {
  const chosen = Object.values(state.underway).findLast((command) => command.type === "set_status");
  return chosen?.type === "set_status" ? chosen.status : (state.me?.status ?? null);
}

// Small things

function keyed<T>(values: readonly T[], key: (value: T) => string): Record<string, T> {
  return Object.fromEntries(values.map((value) => [key(value), value]));
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  if (!(key in record)) return record;
  const { [key]: _, ...rest } = record;
  return rest;
}
