/** Until when the customer may be written to, and what goes after that. */

import type { Row } from "../../client/index.ts";
import { replyTime, type ReplyTime } from "../core/desk/window.ts";
import type { Words } from "../i18n/en.ts";
import "./ReplyTimeHint.css";
import type { Desk } from "./desk.ts";
import { clock, isSameDay, moment } from "./time.ts";

export function ReplyTimeHint({ desk, row }: { desk: Desk; row: Row }) {
  const { state, words } = desk;
  const now = desk.now.value;
  const time = replyTime(state, row, now);
  if (time === null) return null;
  const isOpen = time.is === "open";
  return (
    <p
      class={isOpen ? "ReplyTimeHint" : "ReplyTimeHint ReplyTimeHint--over"}
      data-testid="reply-time"
      data-is={time.is}
    >
      {said(words, time, now)}
    </p>
  );
}

function said(words: Words, time: ReplyTime, now: number): string {
  const when = (at: string) =>
    isSameDay(new Date(at), new Date(now)) ? clock(words, at) : moment(words, at);
  switch (time.is) {
    case "open":
      return words.reply.until(when(time.until));
    case "human_agent":
      return words.reply.humanAgent(when(time.until));
    case "template":
      return words.reply.template;
    case "over":
      return words.reply.over;
    default:
      return time satisfies never;
  }
}
