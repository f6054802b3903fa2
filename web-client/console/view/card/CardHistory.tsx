/** All conversations of the customer, over all lines and channels; each can be looked up. */

import type { Row } from "../../../client/index.ts";
import type { Customer } from "../../core/desk/card.ts";
import { preview } from "../../i18n/kind.ts";
import { channelName, lineName, personName, stateWords, type Desk } from "../desk.ts";
import { moment } from "../time.ts";
import "./CardHistory.css";

export function CardHistory({ desk, value }: { desk: Desk; value: Customer }) {
  const rows = [...value.conversations].sort(
    (a, b) => Date.parse(b.started_at) - Date.parse(a.started_at),
  );
  return (
    <section class="CustomerCard-section" data-testid="card-history">
      <h3 class="CustomerCard-title">{desk.words.card.history}</h3>
      <ul>
        {rows.map((row) => (
          <HistoryItem
            key={row.conversation}
            desk={desk}
            row={desk.state.rows[row.conversation] ?? row}
          />
        ))}
      </ul>
    </section>
  );
}

function HistoryItem({ desk, row }: { desk: Desk; row: Row }) {
  const { state, words, actions } = desk;
  const id = row.conversation;
  const isOpen = state.chat?.conversation === id;
  const isOrigin = state.chat?.from === id;
  return (
    <li>
      <button
        type="button"
        class="CardHistory-open"
        aria-current={isOpen}
        data-testid="history-open"
        data-conversation={id}
        onClick={() => (isOrigin ? actions.open(id) : actions.work.lookUp(id))}
      >
        <span class="CardHistory-top">
          <span>{moment(words, row.started_at)}</span>
          <span>{isOpen ? words.card.thisOne : stateWords(desk, row)}</span>
        </span>
        <span class="CardHistory-preview">{preview(words, row)}</span>
        <span class="CardHistory-where">
          {[
            lineName(desk, row.line),
            channelName(desk, row.channel),
            ...(row.operator ? [personName(desk, row.operator)] : []),
          ].join(" · ")}
        </span>
      </button>
    </li>
  );
}
