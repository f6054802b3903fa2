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
  EntryNumber,
  Event,
  LineView,
  LinkState,
  Me,
  OperatorView,
  Outcome,
  Row,
  ServerFrame,
} from "../../client/index.ts";
import { withEvent, type Chat, type Transcript } from "./chat.ts";
import { answered, commanded } from "./commands.ts";
import { attended } from "./desk/attend.ts";
import { withCard, type Card, type CardEvent } from "./desk/card.ts";
import { afterEntry, afterRow, cardAgain, withCardOfChat } from "./desk/followed.ts";
import { concerns, takesPart } from "./desk/rights.ts";
import { withUpload, type UploadEvent, type Uploads } from "./desk/uploads.ts";
import { NO_WORK, withWork, type Work, type WorkEvent } from "./desk/work.ts";
import { draftTaken, lookedUp, opened, read, stale, withTranscript } from "./opening.ts";
import { withoutArrived, type Outgoing } from "./outgoing.ts";
import { isHeldByMe } from "./select.ts";
import { NO_CHANNELS, withChannels, type Channels, type ChannelsEvent } from "./channels.ts";
import { NO_LINES, withLines, type Lines, type LinesEvent } from "./lines.ts";
import { DESK, type Place } from "./place.ts";

export type State = {
  screen: Screen;
  language: Language;
  sound: boolean;
  me: Me | null;
  link: LinkState;
  /** The server's clock minus ours, in milliseconds. */
  clockAheadMs: number;
  /** How much of its memory the store uses, in percent, while it should be looked at. */
  memoryPercent: number | null;
  /** A snapshot has come: empty lists are really empty. */
  filled: boolean;
  lines: Readonly<Record<string, LineView>>;
  channels: Readonly<Record<string, ChannelView>>;
  operators: Readonly<Record<string, OperatorView>>;
  rows: Readonly<Record<ConversationId, Row>>;
  chat: Chat | null;
  /** The customer who was writing last, by our clock. */
  typing: { conversation: ConversationId; at: number } | null;
  /** How often entries were asked for. */
  requests: number;
  drafts: Readonly<Record<ConversationId, Draft>>;
  unread: Readonly<Record<ConversationId, number>>;
  underway: Readonly<Record<CommandId, Command>>;
  outgoing: readonly Outgoing[];
  uploads: Uploads;
  notice: Notice | null;
  isPageVisible: boolean;
  work: Work;
  /** Of the open chat's customer. */
  card: Card | null;
  place: Place;
  /** The lines as they are set up; `lines` above are their names. */
  setting: Lines;
  /** The channels as they are connected; `channels` above are their names. */
  connecting: Channels;
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

export type Draft = {
  text: string;
  isNote: boolean;
  /** It is the new text of a message of mine; `before`: what was begun when that began. */
  edits?: { entry: EntryNumber; before: Draft };
};

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
  /** Looked up from another one, to which one goes back. */
  | { on: "looked_up"; conversation: ConversationId }
  | { on: "chat_stale" }
  | { on: "transcript"; request: number; transcript: Transcript }
  | { on: "transcript_failed"; request: number; why: "not_allowed" | "unreachable" }
  | { on: "drafted"; conversation: ConversationId; draft: Draft }
  | { on: "upload"; conversation: ConversationId; event: UploadEvent }
  | { on: "commanded"; id: CommandId; command: Command }
  | { on: "answered"; id: CommandId; outcome: Outcome }
  | { on: "notice_read" }
  | { on: "page_visible"; isPageVisible: boolean }
  | { on: "language"; language: Language }
  | { on: "sound"; sound: boolean }
  | { on: "work"; event: WorkEvent }
  | { on: "card"; event: CardEvent }
  | { on: "card_stale" }
  /** What a colleague was writing goes into the box, or is thrown away. */
  | { on: "draft_taken"; isUsed: boolean }
  | { on: "place"; place: Place }
  | { on: "lines"; event: LinesEvent }
  | { on: "channels"; event: ChannelsEvent };

export const initial: State = {
  screen: { at: "loading" },
  language: "en",
  sound: true,
  me: null,
  link: { state: "connecting" },
  clockAheadMs: 0,
  memoryPercent: null,
  filled: false,
  lines: {},
  channels: {},
  operators: {},
  rows: {},
  chat: null,
  typing: null,
  requests: 0,
  drafts: {},
  unread: {},
  underway: {},
  outgoing: [],
  uploads: {},
  notice: null,
  isPageVisible: true,
  work: NO_WORK,
  card: null,
  place: DESK,
  setting: NO_LINES,
  connecting: NO_CHANNELS,
};

export function reduce(state: State, event: StateEvent): State {
  return withCardOfChat(reduced(state, event));
}

function reduced(state: State, event: StateEvent): State {
  switch (event.on) {
    case "frame":
      return read(attended(state, withFrame(state, event.frame, event.at), event.frame, event.at));
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
    case "looked_up":
      return lookedUp(state, event.conversation);
    case "chat_stale":
      return stale(state);
    case "transcript":
      return withTranscript(state, event.request, event.transcript);
    case "transcript_failed":
      if (state.chat?.request !== event.request) return state;
      return { ...state, chat: { ...state.chat, failed: event.why } };
    case "drafted":
      return { ...state, drafts: { ...state.drafts, [event.conversation]: event.draft } };
    case "upload": {
      const uploads = withUpload(state.uploads, event.conversation, event.event);
      return { ...state, uploads };
    }
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
    case "work": {
      const requests = state.requests + 1;
      return { ...state, requests, work: withWork(state.work, event.event, requests) };
    }
    case "card": {
      const requests = state.requests + 1;
      return { ...state, requests, card: withCard(state.card, event.event, requests) };
    }
    case "card_stale":
      return cardAgain(state);
    case "draft_taken":
      return draftTaken(state, event.isUsed);
    case "place":
      return { ...state, place: event.place };
    case "lines":
      return { ...state, setting: withLines(state.setting, event.event) };
    case "channels":
      return { ...state, connecting: withChannels(state.connecting, event.event) };
    default:
      return event satisfies never;
  }
}

function signedOut(state: State, problem: GateProblem | null): State {
  const { language, sound, isPageVisible, requests, place } = state;
  const screen: Screen = { at: "sign_in", busy: false, problem };
  const work = { ...NO_WORK, ring: state.work.ring };
  return { ...initial, language, sound, isPageVisible, requests, place, work, screen };
}

// What the server says

function withFrame(state: State, frame: ServerFrame, at: number): State {
  switch (frame.type) {
    case "welcome":
      return { ...state, me: frame.me, clockAheadMs: Date.parse(frame.now) - at };
    case "beat":
      return {
        ...state,
        clockAheadMs: Date.parse(frame.now) - at,
        memoryPercent: frame.memory_percent ?? null,
      };
    case "snapshot":
      return withSnapshot(state, frame);
    case "events":
      return frame.events.reduce(applied, state);
    case "typing":
      return { ...state, typing: { conversation: frame.conversation, at } };
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
    case "file":
    case "reacted":
    case "deleted":
    case "corrected":
      // These concern the open chat only.
      return next;
    case "line":
      return { ...next, lines: { ...state.lines, [event.line.id]: event.line } };
    case "channel":
      return { ...next, channels: { ...state.channels, [event.channel.id]: event.channel } };
    case "operator":
      return withOperator(next, event.operator);
    case "alarm":
      return next;
    default:
      return event satisfies never;
  }
}

function withRow(state: State, row: Row): State {
  const rows = { ...state.rows, [row.conversation]: row };
  const next = { ...state, rows, card: afterRow(state, row) };
  if (state.me === null) return next;
  const wasRefused = state.chat?.failed === "not_allowed";
  const isOpen = state.chat?.conversation === row.conversation;
  if (isOpen && wasRefused && concerns(state.me, row)) return stale(next);
  return isPickedUp(state, row) ? opened(next, row.conversation) : next;
}

/** The conversation that I have just begun after a closed one. */
function isPickedUp(state: State, row: Row): boolean {
  const { pickingUp } = state.work;
  if (pickingUp === null || row.conversation in state.rows || !isHeldByMe(state, row)) return false;
  return row.customer === pickingUp.customer && row.channel === pickingUp.channel;
}

function withEntry(state: State, conversation: ConversationId, entry: Entry): State {
  const outgoing = withoutArrived(state.outgoing, conversation, [entry], state.me?.id);
  const typing = state.typing?.conversation === conversation ? null : state.typing;
  const next = { ...state, outgoing, typing, card: afterEntry(state, conversation, entry) };
  const row = state.rows[conversation];
  const isMine = row !== undefined && state.me !== null && takesPart(state.me, row);
  if (!isMine || !isHeard(entry)) return next;
  const unread = { ...state.unread, [conversation]: (state.unread[conversation] ?? 0) + 1 };
  return read({ ...next, unread });
}

/** A person wrote it who is a customer, and not one that is blocked. */
function isHeard({ author, body }: Entry): boolean {
  return author.kind === "customer" && body.kind === "message" && body.unheard === undefined;
}

function withOperator(state: State, operator: OperatorView): State {
  const { id, enabled: _, ...shown } = operator;
  const me = state.me?.id === id ? { ...state.me, ...shown } : state.me;
  return { ...state, me, operators: { ...state.operators, [operator.id]: operator } };
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
