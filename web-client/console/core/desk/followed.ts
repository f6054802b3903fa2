/** The card follows the open chat, and is read again after what may have changed it. */

import type { ConversationId, Entry, Row } from "../../../client/index.ts";
import { openRow } from "../select.ts";
import type { State } from "../state.ts";
import { blankCard, readAgain, type Card } from "./card.ts";

export function withCardOfChat(state: State): State {
  const customer = openRow(state)?.customer ?? null;
  if (customer === (state.card?.customer ?? null)) return state;
  if (customer === null) {
    // While the next chat loads it is not known whose it is: perhaps the same person's.
    return state.chat?.isLoading ? state : { ...state, card: null };
  }
  const requests = state.requests + 1;
  return { ...state, requests, card: blankCard(customer, requests) };
}

export function cardAgain(state: State): State {
  if (state.card === null) return state;
  const requests = state.requests + 1;
  return { ...state, requests, card: readAgain(state.card, requests) };
}

/** A customer may have left a phone in what he wrote; a lead may have been made, or given away. */
export function afterEntry(state: State, conversation: ConversationId, entry: Entry): Card | null {
  const isOpen = state.chat?.conversation === conversation;
  const mayChange = entry.author.kind === "customer" || entry.body.kind === "fact";
  return isOpen && mayChange ? staleOf(state.card) : state.card;
}

/** His conversations are on the card, with who has them. */
export function afterRow(state: State, row: Row): Card | null {
  const { card } = state;
  const before = state.rows[row.conversation];
  const isSame = before?.state === row.state && before.operator === row.operator;
  return card !== null && row.customer === card.customer && !isSame ? staleOf(card) : card;
}

function staleOf(card: Card | null): Card | null {
  return card === null || card.isStale ? card : { ...card, isStale: true };
}
