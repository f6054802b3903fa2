/** Commands on their way, and what their answers change. */

import type {
  Command,
  CommandId,
  CommandRefusal,
  Outcome,
  Status,
} from "../../client/index.ts";
import { questionIn } from "./desk/dialog.ts";
import { asking } from "./desk/work.ts";
import { uploadsOf } from "./desk/uploads.ts";
import { settled } from "./outgoing.ts";
import { EMPTY_DRAFT, type Draft, type State } from "./state.ts";

export function commanded(state: State, id: CommandId, command: Command): State {
  const next = { ...state, underway: { ...state.underway, [id]: command } };
  switch (command.type) {
    case "draft":
      // The person did not ask for it; what is on the screen stays.
      return withSaved(next, command.conversation, command.text);
    case "reply":
    case "note":
      return sending({ ...next, notice: null }, id, command);
    case "edit":
      return withDraft({ ...next, notice: null }, command.conversation, (draft) =>
        draft.edits?.entry === command.entry ? draft.edits.before : draft,
      );
    case "pick_up":
      return pickingUp({ ...next, notice: null }, command.conversation);
    default:
      return { ...next, notice: null };
  }
}

function withDraft(state: State, conversation: string, change: (draft: Draft) => Draft): State {
  const draft = change(state.drafts[conversation] ?? EMPTY_DRAFT);
  return { ...state, drafts: { ...state.drafts, [conversation]: draft } };
}

function pickingUp(state: State, conversation: string): State {
  const row = state.rows[conversation] ?? state.chat?.row ?? null;
  if (row?.conversation !== conversation) return state;
  const { customer, channel } = row;
  return { ...state, work: { ...state.work, pickingUp: { conversation, customer, channel } } };
}

type Written = Extract<Command, { type: "reply" | "note" }>;

function sending(state: State, id: CommandId, command: Written): State {
  const { conversation, text } = command;
  const isNote = command.type === "note";
  const after = state.rows[conversation]?.last_entry ?? 0;
  const before = uploadsOf(state, conversation);
  const sent = isNote ? [] : before;
  const outgoing = [...state.outgoing, { id, conversation, text, isNote, uploads: sent, after }];
  const drafts = { ...state.drafts, [conversation]: { text: "", isNote } };
  const uploads = { ...state.uploads, [conversation]: isNote ? before : [] };
  const next = { ...state, outgoing, drafts, uploads };
  // What is sent is no draft any more, here or there.
  return isNote ? next : withSaved(next, conversation, "");
}

function withSaved(state: State, conversation: string, text: string): State {
  const saved = { ...state.work.saved, [conversation]: text };
  return { ...state, work: { ...state.work, saved } };
}

export function answered(state: State, id: CommandId, outcome: Outcome): State {
  const { [id]: command, ...underway } = state.underway;
  if (command === undefined) return state;
  const next = { ...state, underway };
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
    const { status, reason } = command;
    return { ...state, me: { ...state.me, status, status_reason: reason, set_away: false } };
  }
  return { ...state, outgoing: settled(state.outgoing, id) };
}

function refused(state: State, id: CommandId, command: Command, why: CommandRefusal): State {
  // It is tried again with the next words; nobody waits for it.
  if (command.type === "draft") return state;
  const question = questionIn(command, why);
  if (question !== null) {
    return { ...state, work: asking(state.work, question, state.requests) };
  }
  const next = { ...state, notice: { command: command.type, why } };
  if (command.type === "pick_up") return { ...next, work: { ...next.work, pickingUp: null } };
  if (command.type === "edit") {
    const { conversation, entry, text } = command;
    return withDraft(next, conversation, (before) =>
      before.edits ? before : { text, isNote: false, edits: { entry, before } },
    );
  }
  return command.type === "reply" || command.type === "note" ? unsent(next, id, command) : next;
}

/** What was written and refused goes back into the box, before what was begun meanwhile. */
function unsent(state: State, id: CommandId, command: Written): State {
  const begun = state.drafts[command.conversation]?.text ?? "";
  const text = begun === "" ? command.text : `${command.text}\n${begun}`;
  const draft = { text, isNote: command.type === "note" };
  const files = state.outgoing.find((sent) => sent.id === id)?.uploads ?? [];
  const begunFiles = uploadsOf(state, command.conversation);
  return {
    ...state,
    outgoing: state.outgoing.filter((sent) => sent.id !== id),
    uploads: { ...state.uploads, [command.conversation]: [...files, ...begunFiles] },
    drafts: { ...state.drafts, [command.conversation]: draft },
  };
}

/** What I say of myself: what was just chosen, if it is still on its way. */
export function shownStatus(state: State): { status: Status; reason: string | null } | null {
  const chosen = Object.values(state.underway).findLast((command) => command.type === "set_status");
  if (chosen?.type === "set_status") return { status: chosen.status, reason: chosen.reason };
  return state.me && { status: state.me.status, reason: state.me.status_reason };
}
