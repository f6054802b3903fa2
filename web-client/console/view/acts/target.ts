/** What is said of somebody, or of a line, that a conversation can be handed to. */

import {
  lineTrouble,
  operatorTrouble,
  type LineTarget,
  type OperatorTarget,
} from "../../core/desk/targets.ts";
import type { Words } from "../../i18n/en.ts";
import { moment } from "../time.ts";

export function operatorWords(words: Words, target: OperatorTarget): string {
  const { transfer, troubles } = words.dialogs;
  const load = transfer.load(target.load, target.capacity);
  const trouble = operatorTrouble(target);
  if (trouble === null) return load;
  // Who is not here although he calls himself available has no session.
  const isOffline = target.status === "available";
  const why = trouble === "absent" && !isOffline ? words.status[target.status] : troubles[trouble];
  return `${why}, ${load}`;
}

export function lineWords(words: Words, target: LineTarget): string {
  const { transfer, troubles } = words.dialogs;
  if (!target.active) return troubles.inactive;
  if (!target.open) {
    return target.opens_at ? transfer.opens(moment(words, target.opens_at)) : transfer.closed;
  }
  return lineTrouble(target) ? troubles.nobody : transfer.available(target.available_operators);
}
