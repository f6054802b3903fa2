/** What the screens of lines show, as functions of the state. */

import type { ChannelView, LineId, OperatorView } from "../../client/index.ts";
import { channelOf, type ChannelHealth } from "./channels.ts";
import { isUnsaved } from "./lines.ts";
import { DESK, type Place } from "./place.ts";
import { oversees } from "./select.ts";
import type { State } from "./state.ts";

/** Operators have nothing but their desk, and channels are an administrator's. */
export function shownPlace(state: State): Place {
  if ((state.place.at === "channels" || state.place.at === "undelivered") && !administers(state)) return DESK;
  return oversees(state) ? state.place : DESK;
}

export function administers(state: State): boolean {
  return state.me?.role === "administrator";
}

/** The line that is open, if one is. */
export function openLine(state: State): LineId | null {
  const place = shownPlace(state);
  return place.at === "lines" ? place.line : null;
}

export function channelsOf(state: State, line: LineId): ChannelView[] {
  return Object.values(state.channels)
    .filter((channel) => channel.line === line)
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** How a channel is, as far as that is known: administrators alone are told. */
export function healthOf(state: State, channel: string): ChannelHealth["state"] | null {
  return channelOf(state.connecting, channel)?.health.state ?? null;
}

/** Who could be put in: everybody who is not there yet, by name. */
export function operatorsBeside(state: State, there: readonly string[]): OperatorView[] {
  return Object.values(state.operators)
    .filter(({ id, enabled }) => enabled && !there.includes(id))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Whether going there would leave unsaved changes behind. */
export function leavesChanges(state: State, to: Place | "signed_out"): boolean {
  const line = openLine(state);
  if (line === null || !isUnsaved(state.setting, line)) return false;
  return to === "signed_out" || to.at !== "lines" || to.line !== line;
}
