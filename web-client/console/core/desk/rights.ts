/** Who may do what with a conversation: `src/domain/permission.rs`, for the person at this desk. */

import type { LineId, Me, Row } from "../../../client/index.ts";

export type Action =
  | "read"
  | "see"
  | "take"
  | "reply"
  | "send_again"
  | "handle"
  | "move"
  | "withdraw"
  | "leave"
  | "finish"
  | "spam"
  | "pick_up"
  | "oversee"
  | "note";

export function may(me: Me, action: Action, row: Row): boolean {
  return overseesLine(me, row.line) || operatorMay(me, action, row);
}

export function overseesLine(me: Me, line: LineId): boolean {
  return me.role === "administrator" || me.supervises.includes(line);
}

function operatorMay(me: Me, action: Action, row: Row): boolean {
  switch (action) {
    case "oversee":
      return false;
    case "read":
    case "pick_up":
      return concerns(me, row);
    case "see":
    case "spam":
      return concerns(me, row) || isOpenIn(me.queues, row);
    case "take":
      return isOfferedTo(me, row) || row.listed_for === me.id || isOpenIn(me.queues, row);
    case "reply":
    case "send_again":
      return isHis(me, row) || row.joined.includes(me.id);
    case "handle":
    case "move":
    case "finish":
      return has(me, row);
    case "withdraw":
      return row.handed_by === me.id;
    case "leave":
      return row.joined.includes(me.id);
    case "note":
      return takesPart(me, row);
    default:
      return action satisfies never;
  }
}

/** A customer is known by his conversations. */
export function mayChangeCustomer(me: Me, rows: readonly Row[]): boolean {
  return rows.some((row) => overseesLine(me, row.line) || isHis(me, row));
}

/** Whoever sees one of his conversations may throw it out, and him with it. */
export function mayBlockCustomer(me: Me, rows: readonly Row[]): boolean {
  return rows.some((row) => may(me, "spam", row));
}

/** It is or was his, is put before him, or he takes part in it. */
export function concerns(me: Me, row: Row): boolean {
  return (
    isHis(me, row) ||
    isOfferedTo(me, row) ||
    row.joined.includes(me.id) ||
    row.handed_by === me.id ||
    row.listed_for === me.id
  );
}

/** He has it, or helps whoever does. */
export function takesPart(me: Me, row: Row): boolean {
  return has(me, row) || row.joined.includes(me.id);
}

/** He has it, or had it once. */
function isHis(me: Me, row: Row): boolean {
  return has(me, row) || row.held.includes(me.id);
}

function has(me: Me, row: Row): boolean {
  return row.operator === me.id;
}

function isOfferedTo(me: Me, row: Row): boolean {
  return row.offers.some((offer) => offer.operator === me.id);
}

/** Nobody has it yet, and it is in a queue of his. */
function isOpenIn(queues: readonly LineId[], row: Row): boolean {
  return (row.state === "waiting" || row.state === "offered") && queues.includes(row.line);
}
