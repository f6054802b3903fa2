/** A conversation in a list. */

import type { Row } from "../../client/index.ts";
import { isListedForMe } from "../core/desk/lists.ts";
import { can } from "../core/desk/possible.ts";
import { isHeldByMe, isUnderway } from "../core/select.ts";
import { preview } from "../i18n/kind.ts";
import { Choice } from "./Choice.tsx";
import { RowBadges } from "./RowBadges.tsx";
import "./RowItem.css";
import { Since } from "./Since.tsx";
import {
  channelName,
  lineName,
  offeredWords,
  personName,
  stateWords,
  type Desk,
} from "./desk.ts";
import { clock } from "./time.ts";

type RowItemProps = {
  desk: Desk;
  row: Row;
  /** In a list of its own kind the state goes without saying. */
  says: "what_differs" | "all";
};

export function RowItem({ desk, row, says }: RowItemProps) {
  const { state, words, actions } = desk;
  const id = row.conversation;
  const unread = state.unread[id] ?? 0;
  const isOpen = state.chat?.conversation === id;
  // What is before a colleague of the queue can be taken too, but not in passing.
  const isFree = row.state === "waiting" || isListedForMe(state, row);
  return (
    <li class="RowItem" data-testid="conversation" data-conversation={id} data-state={row.state}>
      <Choice desk={desk} row={row} />
      <button
        type="button"
        class="RowItem-open"
        aria-current={isOpen}
        data-testid="open"
        onClick={() => actions.open(id)}
      >
        <span class="RowItem-top">
          <span class="RowItem-name">{row.customer_name}</span>
          {unread > 0 && (
            <span class="RowItem-unread" data-testid="unread" aria-label={words.lists.unread(unread)}>
              {unread}
            </span>
          )}
          <Waiting desk={desk} row={row} />
        </span>
        <span class="RowItem-preview">{preview(words, row)}</span>
        <span class="RowItem-where">{whereWords(desk, row, says)}</span>
        <span class="RowItem-badges">
          <RowBadges desk={desk} row={row} />
        </span>
      </button>
      {isFree && can(state, "take", row) && (
        <button
          type="button"
          class="Button Button--small RowItem-take"
          data-testid="take"
          disabled={isUnderway(state, "take", id)}
          onClick={() => actions.take(id)}
        >
          {words.take}
        </button>
      )}
    </li>
  );
}

function Waiting({ desk, row }: { desk: Desk; row: Row }) {
  const { words } = desk;
  if (row.waiting_since === undefined) {
    return <span class="RowItem-time">{clock(words, row.updated_at)}</span>;
  }
  return (
    <span class="RowItem-time RowItem-time--waits" data-testid="waiting">
      <Since desk={desk} at={row.waiting_since} in={words.row.waits} />
    </span>
  );
}

function whereWords(desk: Desk, row: Row, says: RowItemProps["says"]): string {
  const place = `${lineName(desk, row.line)} · ${channelName(desk, row.channel)}`;
  const state = says === "all" ? allWords(desk, row) : whoWords(desk, row);
  return state === null ? place : `${state} · ${place}`;
}

function allWords(desk: Desk, row: Row): string {
  const { words } = desk;
  const left = row.unanswered && row.state === "waiting";
  const holder = row.operator && words.row.heldBy(personName(desk, row.operator));
  const state = left ? words.row.unanswered : stateWords(desk, row);
  if (row.state === "offered") return whoWords(desk, row) ?? state;
  return holder ? `${state}, ${holder}` : state;
}

/** Who has it or is asked; nothing where the list says it already. */
function whoWords(desk: Desk, row: Row): string | null {
  const { words, state } = desk;
  switch (row.state) {
    case "waiting":
      return null;
    case "offered":
      return offeredWords(desk, row);
    case "active":
      if (isHeldByMe(state, row) || row.operator === undefined) return null;
      return words.row.heldBy(personName(desk, row.operator));
    case "closing":
    case "closed":
      return stateWords(desk, row);
    default:
      return row.state satisfies never;
  }
}
