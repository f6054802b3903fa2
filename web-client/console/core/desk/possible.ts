/** What can be done with a conversation now: what its state lets be done, by whoever may do it. */

import type { Me, Row } from "../../../client/index.ts";
import type { State } from "../state.ts";
import { may, type Action } from "./rights.ts";

export type Act =
  | "take"
  | "take_over"
  | "transfer"
  | "move"
  | "withdraw"
  | "invite"
  | "join"
  | "leave"
  | "hold"
  | "topic"
  | "finish"
  | "spam"
  | "release"
  | "review"
  | "pick_up";

const RIGHTS: Readonly<Record<Act, Action>> = {
  take: "take",
  take_over: "oversee",
  transfer: "handle",
  move: "move",
  withdraw: "withdraw",
  invite: "handle",
  join: "oversee",
  leave: "leave",
  hold: "handle",
  topic: "handle",
  finish: "finish",
  spam: "spam",
  release: "oversee",
  review: "oversee",
  pick_up: "pick_up",
};

export function can(state: State, act: Act, row: Row): boolean {
  const { me } = state;
  return me !== null && may(me, RIGHTS[act], row) && fits(state, me, act, row);
}

function fits(state: State, me: Me, act: Act, row: Row): boolean {
  const isMine = row.state === "active" && row.operator === me.id;
  // Whoever is asked answers first.
  const isAsked = row.offers.some((offer) => offer.operator === me.id);
  switch (act) {
    case "take":
      if (isAsked || row.handed_by !== undefined) return false;
      return row.state === "waiting" || row.state === "offered";
    case "take_over":
      if (isAsked || row.handed_by === me.id) return false;
      return row.handed_by !== undefined || (row.state === "active" && !isMine);
    case "transfer":
    case "invite":
    case "hold":
      return isMine;
    case "move":
      return isOpen(row) && !isAsked;
    case "withdraw":
      return row.handed_by === me.id;
    case "join":
      return isOpen(row) && !isMine && !isAsked && !row.joined.includes(me.id);
    case "leave":
      return row.joined.includes(me.id);
    case "topic":
      return row.state !== "closed" && (state.lines[row.line]?.topics.length ?? 0) > 0;
    case "finish":
      return isOpen(row) && !isAsked;
    case "spam":
      return row.state !== "closed";
    case "release":
      return row.state === "active";
    case "review":
      return row.state === "closing" || row.state === "closed";
    case "pick_up":
      return row.state === "closed" && row.reason?.why !== "moved";
    default:
      return act satisfies never;
  }
}

function isOpen(row: Row): boolean {
  return row.state !== "closing" && row.state !== "closed";
}
