/**
 * What is being written, as the server keeps it for whoever gets the conversation next; and what a
 * colleague was writing before.
 */

import {
  DRAFT_CHARS_MAX,
  type ConversationId,
  type OperatorId,
  type Row,
} from "../../../client/index.ts";
import { isHeldByMe } from "../select.ts";
import type { Draft, State } from "../state.ts";

/** What somebody was just writing. */
export type KeptDraft = { by: OperatorId; text: string };

/** What is to be kept of a text in the box: whole characters only. */
export function kept(text: string): string {
  return [...text].slice(0, DRAFT_CHARS_MAX).join("");
}

/**
 * What I write to customers and the server does not know yet. Only who has it may have it kept; a
 * note is not meant for the customer. Without a connection they would only pile up.
 */
export function unsaved(state: State): { conversation: ConversationId; text: string }[] {
  if (state.link.state !== "live") return [];
  const touched = new Set([...Object.keys(state.drafts), ...Object.keys(state.work.saved)]);
  return [...touched].flatMap((conversation) => {
    const row = state.rows[conversation];
    if (row === undefined || row.state !== "active" || !isHeldByMe(state, row)) return [];
    const draft = begun(state.drafts[conversation]);
    const text = draft === undefined || draft.isNote ? "" : kept(draft.text);
    return text === (state.work.saved[conversation] ?? "") ? [] : [{ conversation, text }];
  });
}

/** What is written beside an edit, which is no draft of a new message. */
export function begun(draft: Draft | undefined): Draft | undefined {
  return draft?.edits ? draft.edits.before : draft;
}

/** What a colleague was writing in the open chat, now that it is mine. */
export function handedDraft(state: State, row: Row): KeptDraft | null {
  const draft = state.chat?.draft ?? null;
  if (draft === null || draft.by === state.me?.id) return null;
  if (state.chat?.conversation !== row.conversation) return null;
  // It was taken already, as it is.
  if (state.work.saved[row.conversation] === draft.text) return null;
  return row.state === "active" && isHeldByMe(state, row) ? draft : null;
}
