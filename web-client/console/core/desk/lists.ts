/** The lists of the desk: which conversation is in which, and in what order. */

import type { Row } from "../../../client/index.ts";
import type { State } from "../state.ts";
import { isHeldByMe, myOffer } from "../select.ts";
import { overseesLine } from "./rights.ts";

/**
 * Those I have and am to look after: whose customer has waited too long, then what comes back from
 * hold, then whose customer waits longest, then the latest.
 */
export function mine(state: State): Row[] {
  const held = rows(state).filter((row) => isHeldByMe(state, row) && row.hold_until === undefined);
  return held.sort((a, b) => {
    const urgency = rank(state, a) - rank(state, b);
    if (urgency !== 0) return urgency;
    if (a.waiting_since && b.waiting_since) return ascending(a.waiting_since, b.waiting_since);
    return ascending(b.updated_at, a.updated_at);
  });
}

function rank(state: State, row: Row): number {
  if (row.late) return 0;
  if (state.work.back.includes(row.conversation)) return 1;
  return row.waiting_since ? 2 : 3;
}

/** Those I have put aside: what comes back first on top. */
export function onHold(state: State): Row[] {
  const held = rows(state).filter((row) => isHeldByMe(state, row) && row.hold_until !== undefined);
  return held.sort((a, b) => ascending(a.hold_until ?? "", b.hold_until ?? ""));
}

/** Those of others in which I take part. */
export function joined(state: State): Row[] {
  const me = state.me?.id ?? "";
  return rows(state)
    .filter((row) => row.state !== "closed" && row.joined.includes(me))
    .sort(latestFirst);
}

/** Those I have handed on, until somebody accepts. */
export function handedOn(state: State): Row[] {
  const me = state.me?.id;
  return rows(state)
    .filter((row) => row.state === "offered" && row.handed_by !== undefined && row.handed_by === me)
    .sort(latestFirst);
}

/** Of customers of mine: they came while I was not here, and I may take them before anybody does. */
export function ofMyCustomers(state: State): Row[] {
  return rows(state)
    .filter((row) => isListedForMe(state, row))
    .sort(oldestFirst);
}

export function isListedForMe(state: State, row: Row): boolean {
  const isOpen = row.state === "waiting" || row.state === "offered";
  const isMine = row.listed_for !== undefined && row.listed_for === state.me?.id;
  return isOpen && isMine && myOffer(state, row) === null;
}

/** Waiting, or before somebody else of the queue; the oldest first. */
export function queue(state: State): Row[] {
  const waiting = rows(state).filter(
    (row) =>
      (row.state === "waiting" && !row.unanswered) ||
      (row.state === "offered" && row.handed_by === undefined && myOffer(state, row) === null),
  );
  return waiting.filter((row) => !isListedForMe(state, row)).sort(oldestFirst);
}

/** Everybody asked has declined or missed; whoever wants may take it. */
export function unanswered(state: State): Row[] {
  return rows(state)
    .filter((row) => row.state === "waiting" && row.unanswered && !isListedForMe(state, row))
    .sort(oldestFirst);
}

/** Everything open in the lines that I oversee; who has waited too long on top. */
export function overseen(state: State): Row[] {
  const { me } = state;
  if (me === null) return [];
  return rows(state)
    .filter((row) => row.state !== "closed" && overseesLine(me, row.line))
    .sort((a, b) => Number(b.late) - Number(a.late) || latestFirst(a, b));
}

function rows(state: State): Row[] {
  return Object.values(state.rows);
}

function oldestFirst(a: Row, b: Row): number {
  return ascending(a.waiting_since ?? a.started_at, b.waiting_since ?? b.started_at);
}

function latestFirst(a: Row, b: Row): number {
  return ascending(b.updated_at, a.updated_at);
}

function ascending(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b);
}
