/**
 * What the desk knows beside the conversations themselves: questions, alarms, sounds, what is
 * chosen, what colleagues said. Pure, as `state.ts`.
 */

import type { ChannelId, ConversationId, CustomerId } from "../../../client/index.ts";
import { withoutAlarm, type Raised } from "./alarms.ts";
import type { Dialog } from "./dialog.ts";
import type { Handover } from "./handover.ts";
import { SILENCE, type Ring } from "./ring.ts";
import type { AskedTargets, Targets } from "./targets.ts";

export type Work = {
  dialog: Dialog | null;
  targets: AskedTargets | null;
  alarms: readonly Raised[];
  ring: Ring;
  /** Whose time of being put aside has come, until they are looked at. */
  back: readonly ConversationId[];
  /** Chosen, for what is done with several at once; null: nothing is being chosen. */
  chosen: readonly ConversationId[] | null;
  /** Null: as wide as the screen lets it be. */
  isCardOpen: boolean | null;
  /** What colleagues said when they handed something to me. */
  handovers: Readonly<Record<ConversationId, Handover>>;
  /** My drafts, as the server knows them. */
  saved: Readonly<Record<ConversationId, string>>;
  /** The closed conversation after which I am beginning another. */
  pickingUp: PickingUp | null;
};

/** The next one is of the same customer, on the same channel; it follows the last one there was. */
export type PickingUp = {
  conversation: ConversationId;
  customer: CustomerId | undefined;
  channel: ChannelId;
};

export type WorkEvent =
  | { kind: "asks"; dialog: Dialog | null }
  | { kind: "targets"; request: number; targets: Targets }
  | { kind: "no_targets"; request: number }
  | { kind: "alarm_read"; key: string }
  | { kind: "choosing"; isChoosing: boolean }
  | { kind: "chosen"; conversation: ConversationId }
  | { kind: "card_open"; isOpen: boolean };

/** So many commands may be sent at once. */
export const CHOSEN_MAX = 50;

export const NO_WORK: Work = {
  dialog: null,
  targets: null,
  alarms: [],
  ring: SILENCE,
  back: [],
  chosen: null,
  isCardOpen: null,
  handovers: {},
  saved: {},
  pickingUp: null,
};

/** `request` is that of the next reading, should one be needed. */
export function withWork(work: Work, event: WorkEvent, request: number): Work {
  switch (event.kind) {
    case "asks":
      return asking(work, event.dialog, request);
    case "targets":
      if (work.targets?.request !== event.request) return work;
      return { ...work, targets: { ...work.targets, failed: false, value: event.targets } };
    case "no_targets":
      if (work.targets?.request !== event.request) return work;
      return { ...work, targets: { ...work.targets, failed: true } };
    case "alarm_read":
      return { ...work, alarms: withoutAlarm(work.alarms, event.key) };
    case "choosing":
      return { ...work, chosen: event.isChoosing ? [] : null };
    case "chosen":
      return { ...work, chosen: toggled(work.chosen ?? [], event.conversation) };
    case "card_open":
      return { ...work, isCardOpen: event.isOpen };
    default:
      return event satisfies never;
  }
}

export function asking(work: Work, dialog: Dialog | null, request: number): Work {
  if (dialog?.kind !== "transfer") return { ...work, dialog };
  const { conversation } = dialog;
  return { ...work, dialog, targets: { conversation, request, failed: false, value: null } };
}

function toggled(
  chosen: readonly ConversationId[],
  conversation: ConversationId,
): readonly ConversationId[] {
  if (chosen.includes(conversation)) return chosen.filter((one) => one !== conversation);
  return chosen.length < CHOSEN_MAX ? [...chosen, conversation] : chosen;
}
