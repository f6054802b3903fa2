/** What a person is asked before something is done, and what is done after. */

import type {
  Command,
  CommandRefusal,
  ConversationId,
  Row,
  TargetState,
} from "../../../client/index.ts";
import { isHeldByMe } from "../select.ts";
import type { State } from "../state.ts";
import { can } from "./possible.ts";

export type Transfer = Extract<Command, { type: "transfer" }>;

export type Dialog =
  | { kind: "transfer"; conversation: ConversationId }
  /** The target cannot take it at once. */
  | { kind: "confirm_transfer"; conversation: ConversationId; command: Transfer; target: TargetState }
  | { kind: "invite"; conversation: ConversationId }
  | { kind: "hold"; conversation: ConversationId }
  /** The line wants a topic before it is finished. */
  | { kind: "topic"; conversation: ConversationId; silent: boolean }
  /** It is somebody else's, or nobody's yet. */
  | { kind: "finish"; conversation: ConversationId; silent: boolean }
  | { kind: "spam"; conversations: readonly ConversationId[]; block: boolean }
  | { kind: "review"; conversation: ConversationId }
  | { kind: "lead"; conversation: ConversationId; isBusy: boolean; problem: LeadProblem | null };

/** Why no lead was made. */
export type LeadProblem =
  /** The customer cannot be reached: a phone or an e-mail address is needed. */
  | { why: "needs_contact" }
  | { why: "invalid"; field: string; allowed: string }
  | { why: "exists" }
  | { why: "no_leads" }
  | { why: "not_allowed" }
  | { why: "unreachable" };

/** How a conversation is finished: at once, or after a question. */
export function finishing(state: State, row: Row, silent: boolean): Command | Dialog {
  const { conversation } = row;
  if (!isHeldByMe(state, row)) return { kind: "finish", conversation, silent };
  if (wantsTopic(state, row)) return { kind: "topic", conversation, silent };
  return { type: "finish", conversation, silent };
}

function wantsTopic(state: State, row: Row): boolean {
  return row.topic === undefined && (state.lines[row.line]?.topic_required ?? false);
}

/** What a refusal asks, if it is a question and not only news. */
export function questionIn(command: Command, why: CommandRefusal): Dialog | null {
  if (command.type === "transfer" && why.code === "confirm") {
    const { conversation } = command;
    return { kind: "confirm_transfer", conversation, command, target: why.target };
  }
  if (command.type === "finish" && why.code === "topic_required") {
    const { conversation, silent } = command;
    return { kind: "topic", conversation, silent };
  }
  return null;
}

/** The question that is open, as long as it still makes sense. */
export function openDialog(state: State): Dialog | null {
  const { dialog } = state.work;
  if (dialog === null) return null;
  if (dialog.kind === "spam") return dialog;
  const row = state.rows[dialog.conversation] ?? state.chat?.row;
  return row?.conversation === dialog.conversation && isMeant(state, dialog, row) ? dialog : null;
}

function isMeant(state: State, dialog: Exclude<Dialog, { kind: "spam" }>, row: Row): boolean {
  switch (dialog.kind) {
    case "transfer":
      return can(state, "transfer", row) || can(state, "move", row);
    case "confirm_transfer":
      return can(state, dialog.command.to.kind === "line" ? "move" : "transfer", row);
    case "invite":
    case "hold":
    case "review":
      return can(state, dialog.kind, row);
    case "topic":
    case "finish":
      return can(state, "finish", row);
    case "lead":
      return true;
    default:
      return dialog satisfies never;
  }
}
