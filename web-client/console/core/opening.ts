/** The chat that is opened, read, and looked at. */

import type { ConversationId, Entry } from "../../client/index.ts";
import { emptyChat, loaded, type Transcript } from "./chat.ts";
import { handoverIn, type Handover } from "./desk/handover.ts";
import { withoutArrived } from "./outgoing.ts";
import { isHeldByMe } from "./select.ts";
import type { State } from "./state.ts";

export function opened(state: State, conversation: ConversationId | null): State {
  const work = { ...state.work, pickingUp: null };
  if (conversation === null) return { ...state, chat: null, work };
  if (state.chat?.conversation === conversation) return state;
  const requests = state.requests + 1;
  return read({ ...state, requests, work, chat: emptyChat(conversation, requests) });
}

/** Looks another one up; one goes back to where one was before. */
export function lookedUp(state: State, conversation: ConversationId): State {
  const from = state.chat?.from ?? state.chat?.conversation ?? null;
  const next = opened(state, conversation);
  if (next.chat === null || from === conversation) return next;
  return { ...next, chat: { ...next.chat, from } };
}

/** Asks for the entries anew; those at hand stay on the screen meanwhile. */
export function stale(state: State): State {
  if (state.chat === null) return state;
  const requests = state.requests + 1;
  const chat = { ...state.chat, request: requests, early: [], isLoading: true, failed: null };
  return { ...state, requests, chat };
}

export function withTranscript(state: State, request: number, transcript: Transcript): State {
  if (state.chat?.request !== request) return state;
  const { conversation } = state.chat;
  const outgoing = withoutArrived(state.outgoing, conversation, transcript.entries, state.me?.id);
  const next = { ...state, chat: loaded(state.chat, transcript), outgoing };
  return withOwnDraft(withHandover(next, conversation, transcript.entries), transcript);
}

/** The draft that I left here, on this computer or on another. */
function withOwnDraft(state: State, { row, draft }: Transcript): State {
  if (draft === null || draft.by !== state.me?.id) return state;
  const { conversation } = row;
  if (conversation in state.work.saved) return state;
  const saved = { ...state.work.saved, [conversation]: draft.text };
  const next = { ...state, work: { ...state.work, saved } };
  const isBegun = (state.drafts[conversation]?.text ?? "") !== "";
  if (isBegun || !isHeldByMe(state, row)) return next;
  const drafts = { ...state.drafts, [conversation]: { text: draft.text, isNote: false } };
  return { ...next, drafts };
}

function withHandover(
  state: State,
  conversation: ConversationId,
  entries: readonly Entry[],
): State {
  const handover = entries.reduce<Handover | null>((last, one) => handoverIn(one) ?? last, null);
  if (handover === null) return state;
  const handovers = { ...state.work.handovers, [conversation]: handover };
  return { ...state, work: { ...state.work, handovers } };
}

/** What a colleague was writing: taken into the box, before what was begun, or thrown away. */
export function draftTaken(state: State, isUsed: boolean): State {
  const { chat } = state;
  if (chat === null || chat.draft === null) return state;
  const { conversation, draft } = chat;
  const saved = { ...state.work.saved, [conversation]: draft.text };
  const next = { ...state, chat: { ...chat, draft: null }, work: { ...state.work, saved } };
  if (!isUsed) return next;
  const begun = state.drafts[conversation]?.text ?? "";
  const text = begun === "" ? draft.text : `${draft.text}\n${begun}`;
  return { ...next, drafts: { ...state.drafts, [conversation]: { text, isNote: false } } };
}

/** Whoever looks at a chat has read it. */
export function read(state: State): State {
  if (!state.isPageVisible || state.chat === null) return state;
  const { conversation } = state.chat;
  const { [conversation]: seen, ...unread } = state.unread;
  const isBack = state.work.back.includes(conversation);
  if (seen === undefined && !isBack) return state;
  const back = state.work.back.filter((one) => one !== conversation);
  return { ...state, unread, work: { ...state.work, back } };
}
