/** What the screen shows, as functions of the state. */

import {
  TEXT_CHARS_MAX,
  type Command,
  type ConversationId,
  type Entry,
  type EntryNumber,
  type Fact,
  type Row,
  type RowOffer,
} from "../../client/index.ts";
import { may, takesPart } from "./desk/rights.ts";
import { isUploading, readyFiles } from "./desk/uploads.ts";
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

export function isHeldByMe(state: State, row: Row): boolean {
  return (row.state === "active" || row.state === "closing") && row.operator === state.me?.id;
}

export function oversees(state: State): boolean {
  return state.me !== null && state.me.role !== "operator";
}

export function openRow(state: State): Row | null {
  if (state.chat === null) return null;
  return state.rows[state.chat.conversation] ?? state.chat.row;
}

export type Routed = Extract<Fact, { fact: "routed" }>;

/**
 * The decision of the queue by which it is where it is, for "why did I get this"; null: people have
 * handed it about since.
 */
export function lastRouted(entries: readonly Entry[]): { at: string; fact: Routed } | null {
  const entry = entries.findLast(({ body }) => body.kind === "fact" && MOVES.has(body.fact));
  if (entry?.body.kind !== "fact" || entry.body.fact !== "routed") return null;
  return { at: entry.at, fact: entry.body };
}

/** What puts a conversation where it is. */
const MOVES: ReadonlySet<Fact["fact"]> = new Set<Fact["fact"]>([
  "routed",
  "taken",
  "taken_over",
  "picked_up",
  "transferred",
  "moved",
  "returned",
]);

/** Its entries are known to be behind its row: something did not reach us. */
export function isChatBehind(state: State): boolean {
  const { chat } = state;
  if (chat === null || chat.isLoading || chat.isGone) return false;
  return (state.rows[chat.conversation]?.last_entry ?? 0) > (chat.entries.at(-1)?.n ?? 0);
}

/** What is known of the customer's conversations whose card is shown. */
export function rowsOfCard(state: State): Row[] {
  const { card } = state;
  const known = [...rows(state), ...(state.chat?.row ? [state.chat.row] : [])];
  return known.filter((row) => card !== null && row.customer === card.customer);
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
  /** What is in the box takes the place of this message of mine. */
  edits: EntryNumber | null;
};

/** Null: there is nothing for me to write here. */
export function writing(state: State, row: Row): Writing | null {
  const id = row.conversation;
  const canReply = row.state === "active" && isMine(state, row);
  const canNote = row.state !== "closed" && state.me !== null && may(state.me, "note", row);
  const { text, isNote, edits } = state.drafts[id] ?? EMPTY_DRAFT;
  const isBegun = text !== "" && row.state !== "closed";
  if (!canReply && !canNote && !isComing(state, row) && !isBegun) return null;
  const length = [...text].length;
  const isPlain = isNote || edits !== undefined;
  const hasFiles = !isPlain && readyFiles(state, id).length > 0;
  const isComplete = isPlain || !isUploading(state, id);
  const hasWords = text.trim() !== "" || hasFiles;
  const isSendable = hasWords && isComplete && length <= TEXT_CHARS_MAX;
  const canSend = isSendable && (isNote ? canNote : canReply);
  return { canReply, canNote, isNote, canSend, edits: edits?.entry ?? null };
}

/** I have it, or help whoever does. */
function isMine(state: State, row: Row): boolean {
  return state.me !== null && takesPart(state.me, row);
}

/** How many things ask for attention; shown in the page's title. */
export function calls(state: State): number {
  const unread = Object.keys(state.unread).filter((id) => id in state.rows);
  return offersToMe(state).length + unread.length + state.work.alarms.length;
}

function rows(state: State): Row[] {
  return Object.values(state.rows);
}

function ascending(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b);
}
