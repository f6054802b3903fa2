/** All conversations of the customer, over all lines and channels; each can be looked up. */

import type { Customer, PastConversation } from "../../core/desk/card.ts";
import { preview } from "../../i18n/kind.ts";
import { channelName, lineName, personName, stateWords, type Desk } from "../desk.ts";
import { moment } from "../time.ts";
import "./CardHistory.css";

export function CardHistory({ desk, value }: { desk: Desk; value: Customer }) {
  return (
    <section class="CustomerCard-section" data-testid="card-history">
      <h3 class="CustomerCard-title">{desk.words.card.history}</h3>
      <ul>
        {value.conversations.map((past) => (
          <HistoryItem key={past.conversation} desk={desk} past={past} />
        ))}
      </ul>
    </section>
  );
}

function HistoryItem({ desk, past }: { desk: Desk; past: PastConversation }) {
  const { state, words, actions } = desk;
  const id = past.conversation;
  // Of those in our lists more is known, and sooner.
  const row = state.rows[id] ?? null;
  const { line, channel, operator, started_at } = past;
  const isOpen = state.chat?.conversation === id;
  return (
    <li>
      <button
        type="button"
        class="CardHistory-open"
        aria-current={isOpen}
        data-testid="history-open"
        data-conversation={id}
        onClick={() => actions.work.lookUp(id)}
      >
        <span class="CardHistory-top">
          <span>{moment(words, started_at)}</span>
          <span>{isOpen ? words.card.thisOne : stateWords(desk, row ?? past)}</span>
        </span>
        {row && <span class="CardHistory-preview">{preview(words, row)}</span>}
        <span class="CardHistory-where">
          {[
            lineName(desk, line),
            channelName(desk, channel),
            ...(operator ? [personName(desk, operator)] : []),
          ].join(" · ")}
        </span>
      </button>
    </li>
  );
}
