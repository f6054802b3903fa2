/** To whom a conversation can be handed. */

import type {
  ConversationId,
  LineId,
  OperatorId,
  Status,
  TargetState,
  Timestamp,
} from "../../../client/index.ts";

/** The answer of `GET /api/v1/transfer-targets`. */
export type Targets = { operators: OperatorTarget[]; lines: LineTarget[] };

export type OperatorTarget = {
  id: OperatorId;
  name: string;
  status: Status;
  available: boolean;
  load: number;
  /** 0: unlimited. */
  capacity: number;
};

export type LineTarget = {
  id: LineId;
  name: string;
  /** An inactive line routes nothing. */
  active: boolean;
  open: boolean;
  opens_at: Timestamp | null;
  available_operators: number;
};

/** What was asked of the server, for one conversation. */
export type AskedTargets = {
  conversation: ConversationId;
  request: number;
  failed: boolean;
  value: Targets | null;
};

/** Why an operator cannot take it at once; null: he can. */
export function operatorTrouble(target: OperatorTarget): TargetState | null {
  if (!target.available) return "absent";
  return target.capacity > 0 && target.load >= target.capacity ? "full" : null;
}

export function lineTrouble(target: LineTarget): TargetState | null {
  if (!target.active) return "inactive";
  if (!target.open) return "closed";
  return target.available_operators === 0 ? "nobody" : null;
}

/** Who can take it at once goes first; then by name. */
export function inOrder<T extends { name: string }>(
  targets: readonly T[],
  trouble: (target: T) => TargetState | null,
): T[] {
  const isTroubled = (target: T) => Number(trouble(target) !== null);
  return [...targets].sort(
    (a, b) => isTroubled(a) - isTroubled(b) || a.name.localeCompare(b.name),
  );
}
