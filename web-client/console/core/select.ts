/** What the screen shows, as functions of the state. */

import {
  TEXT_CHARS_MAX,
  type Command,
  type ConversationId,
  type Entry,
  type Fact,
  type Row,
  type RowOffer,
} from "../../client/index.ts";
import { EMPTY_DRAFT, type State } from "./state.ts";

/** Offers to me, the one that ends first on top. */
export function offersToMe(state: State): { row: Row; offer: RowOffer }[] {
  const mine = rows(state).flatMap((row) => {
    const offer = myOffer(state, row);
    return offer ? [{ row, offer }] : [];
  });
  return mine.sort((a, b) => ascending(a.offer.until, b.offer.until));
}

export function myOffer(state: State, row: Row): RowOffer | null {
  if (row.state !== "offered") return null;
  return row.offers.find((offer) => offer.operator === state.me?.id) ?? null;
}

/** Conversations that I hold: whose customer waits longest first, then the latest. */
export function mine(state: State): Row[] {
  const held = rows(state).filter((row) => isHeldByMe(state, row));
  return held.sort((a, b) => {
    if (a.waiting_since && b.waiting_since) return ascending(a.waiting_since, b.waiting_since);
    if (a.waiting_since || b.waiting_since) return a.waiting_since ? -1 : 1;
    return ascending(b.updated_at, a.updated_at);
  });
}

export function isHeldByMe(state: State, row: Row): boolean {
  return (row.state === "active" || row.state === "closing") && row.operator === state.me?.id;
}

/** Waiting, or before somebody else; the oldest first. */
export function queue(state: State): Row[] {
  const waiting = rows(state).filter(
    (row) =>
      (row.state === "waiting" && !row.unanswered) ||
      (row.state === "offered" && myOffer(state, row) === null),
  );
  return waiting.sort(oldestFirst);
}

/** Everybody asked has declined or missed; whoever wants may take it. */
export function unanswered(state: State): Row[] {
  return rows(state)
    .filter((row) => row.state === "waiting" && row.unanswered)
    .sort(oldestFirst);
}

/** Everything open in the lines that I oversee. */
export function overseen(state: State): Row[] {
  const lines = new Set(state.me?.supervises);
  return rows(state)
    .filter((row) => lines.has(row.line) && row.state !== "closed")
    .sort((a, b) => ascending(b.updated_at, a.updated_at));
}

export function oversees(state: State): boolean {
  return state.me !== null && state.me.role !== "operator";
}

export function openRow(state: State): Row | null {
  if (state.chat === null) return null;
  return state.rows[state.chat.conversation] ?? state.chat.row;
}

export function canTake(state: State, row: Row): boolean {
  return row.state === "waiting" && isOfMyLines(state, row);
}

export function canFinish(state: State, row: Row): boolean {
  if (row.state === "active" && row.operator === state.me?.id) return true;
  const isOpen = row.state !== "closed" && row.state !== "closing";
  return isOpen && myOffer(state, row) === null && overseesLine(state, row);
}

export function overseesLine(state: State, row: Row): boolean {
  return state.me?.supervises.includes(row.line) ?? false;
}

function isOfMyLines(state: State, row: Row): boolean {
  return overseesLine(state, row) || (state.me?.queues.includes(row.line) ?? false);
}

/** The last decision of the queue, for "why did I get this". */
export function lastRouted(
  entries: readonly Entry[],
): { at: string; fact: Extract<Fact, { fact: "routed" }> } | null {
  const entry = entries.findLast(({ body }) => body.kind === "fact" && body.fact === "routed");
  if (entry?.body.kind !== "fact" || entry.body.fact !== "routed") return null;
  return { at: entry.at, fact: entry.body };
}

/** Its entries are known to be behind its row: something did not reach us. */
export function isChatBehind(state: State): boolean {
  const { chat } = state;
  if (chat === null || chat.isLoading || chat.isGone) return false;
  return (state.rows[chat.conversation]?.last_entry ?? 0) > (chat.entries.at(-1)?.n ?? 0);
}

export function isUnderway(
  state: State,
  type: Command["type"],
  conversation: ConversationId,
): boolean {
  return Object.values(state.underway).some(
    (command) =>
      command.type === type && "conversation" in command && command.conversation === conversation,
  );
}

/** It is being accepted or taken by me, and not confirmed yet. */
export function isComing(state: State, row: Row): boolean {
  const id = row.conversation;
  return isUnderway(state, "accept", id) || isUnderway(state, "take", id);
}

/** What may be written in a conversation now. */
export type Writing = {
  canReply: boolean;
  canNote: boolean;
  /** What is in the box goes to colleagues; only ever by the writer's own choice. */
  isNote: boolean;
  canSend: boolean;
};

/** Null: there is nothing for me to write here. */
export function writing(state: State, row: Row): Writing | null {
  const id = row.conversation;
  const mine = isHeldByMe(state, row);
  const canReply = row.state === "active" && mine;
  const canNote = row.state !== "closed" && (mine || overseesLine(state, row));
  const { text, isNote } = state.drafts[id] ?? EMPTY_DRAFT;
  const isBegun = text !== "" && row.state !== "closed";
  if (!canReply && !canNote && !isComing(state, row) && !isBegun) return null;
  const length = [...text].length;
  const isSendable = text.trim() !== "" && length <= TEXT_CHARS_MAX;
  return { canReply, canNote, isNote, canSend: isSendable && (isNote ? canNote : canReply) };
}

/** How many things ask for attention; shown in the page's title. */
export function calls(state: State): number {
  const unread = Object.keys(state.unread).filter((id) => id in state.rows);
  return offersToMe(state).length + unread.length;
}

function rows(state: State): Row[] {
  return Object.values(state.rows);
}

function oldestFirst(a: Row, b: Row): number {
  return ascending(a.waiting_since ?? a.started_at, b.waiting_since ?? b.started_at);
}

function ascending(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b);
}
