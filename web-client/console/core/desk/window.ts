/** For how long a customer may be written to: some platforms mind when he last wrote. */

import type { Row } from "../../../client/index.ts";
import type { State } from "../state.ts";

const HOUR_MS = 3_600_000;
/** How long a person's answer is taken, all in all. */
const HUMAN_AGENT_HOURS = 7 * 24;

export type ReplyTime =
  | { is: "open"; until: string }
  /** A person's answer still goes. */
  | { is: "human_agent"; until: string }
  | { is: "template" }
  | { is: "over" };

/** Null: always, or nobody knows when he last wrote. */
export function replyTime(state: State, row: Row, now: number): ReplyTime | null {
  const window = state.channels[row.channel]?.window;
  const heard = state.chat?.conversation === row.conversation ? state.chat.heardAt : null;
  if (!window || heard === null) return null;
  const after = (hours: number) => Date.parse(heard) + hours * HOUR_MS;
  const until = (hours: number) => new Date(after(hours)).toISOString();
  if (now < after(window.hours)) return { is: "open", until: until(window.hours) };
  switch (window.then) {
    case "nothing":
      return { is: "over" };
    case "template":
      return { is: "template" };
    case "human_agent":
      return now < after(HUMAN_AGENT_HOURS)
        ? { is: "human_agent", until: until(HUMAN_AGENT_HOURS) }
        : { is: "over" };
    default:
      return window.then satisfies never;
  }
}
