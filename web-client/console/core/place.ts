/** Where in the console one is, and how the address says it. */

import type { LineId } from "../../client/index.ts";

export type Place =
  | { at: "desk" }
  | { at: "undelivered" }
  | { at: "lines"; line: LineId | null; tab: LineTab }
  | { at: "channels"; channel: string | null };

/** What of a line is shown. */
export type LineTab = (typeof LINE_TABS)[number];

export const LINE_TABS = ["settings", "rehearsal", "history"] as const;
export const DESK: Place = { at: "desk" };
export const UNDELIVERED: Place = { at: "undelivered" };
export const CHANNELS: Place = { at: "channels", channel: null };
export const LINES: Place = { at: "lines", line: null, tab: "settings" };

export function placeOfLine(line: LineId, tab: LineTab = "settings"): Place {
  return { at: "lines", line, tab };
}

export function placeOfChannel(channel: string): Place {
  return { at: "channels", channel };
}

/** What is behind `#` in the address. */
export function placeOf(hash: string): Place {
  const [root, first, line, tab] = hash.split("/");
  if (root === "#" && first === "undelivered") return UNDELIVERED;
  if (root === "#" && first === "channels") return line ? placeOfChannel(decoded(line)) : CHANNELS;
  if (root !== "#" || first !== "lines") return DESK;
  if (!line) return LINES;
  return placeOfLine(decoded(line), LINE_TABS.find((known) => known === tab));
}

export function hashOf(place: Place): string {
  switch (place.at) {
    case "desk":
      return "#/";
    case "undelivered":
      return "#/undelivered";
    case "lines": {
      if (place.line === null) return "#/lines";
      const line = `#/lines/${encodeURIComponent(place.line)}`;
      return place.tab === "settings" ? line : `${line}/${place.tab}`;
    }
    case "channels":
      return place.channel === null ? "#/channels" : `#/channels/${encodeURIComponent(place.channel)}`;
    default:
      return place satisfies never;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
