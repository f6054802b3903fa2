/** The customer's name, where the conversation stands, and what can be done with it. */

import { useState } from "preact/hooks";
import type { Row } from "../../client/index.ts";
import type { Chat } from "../core/chat.ts";
import { lastRouted } from "../core/select.ts";
import { HeadButtons } from "./acts/HeadButtons.tsx";
import { TopicSelect } from "./acts/TopicSelect.tsx";
import { CardToggle } from "./card/CardToggle.tsx";
import "./ChatHead.css";
import { RowBadges } from "./RowBadges.tsx";
import { Since } from "./Since.tsx";
import { Why } from "./Why.tsx";
import {
  channelName,
  lineName,
  offeredWords,
  personName,
  stateWords,
  type Desk,
} from "./desk.ts";

type ChatHeadProps = { desk: Desk; row: Row; chat: Chat };

export function ChatHead({ desk, row, chat }: ChatHeadProps) {
  const [isWhyOpen, setWhyOpen] = useState(false);
  const { state, words, actions } = desk;
  const routed = lastRouted(chat.entries);
  const isMine = routed?.fact.operators.includes(state.me?.id ?? "") ?? false;
  return (
    <header class="ChatHead">
      <div class="ChatHead-row">
        <button
          type="button"
          class="Button ChatHead-back"
          aria-label={words.chat.back}
          data-testid="back"
          onClick={() => actions.open(null)}
        >
          ‹
        </button>
        <Who desk={desk} row={row} />
        <div class="ChatHead-tools">
          {!chat.isGone && <HeadButtons desk={desk} row={row} />}
          {routed && (
            <button
              type="button"
              class="Button"
              aria-expanded={isWhyOpen}
              data-testid="why"
              onClick={() => setWhyOpen(!isWhyOpen)}
            >
              {isMine ? words.why.button : words.why.buttonOther}
            </button>
          )}
          {row.customer && <CardToggle desk={desk} />}
        </div>
      </div>
      {routed && isWhyOpen && <Why desk={desk} at={routed.at} fact={routed.fact} isMine={isMine} />}
    </header>
  );
}

function Who({ desk, row }: { desk: Desk; row: Row }) {
  const { words } = desk;
  return (
    <div class="ChatHead-who">
      <h1 class="ChatHead-name" data-testid="customer">
        {row.customer_name}
      </h1>
      <p class="ChatHead-where">
        <span class={`ChatHead-state ChatHead-state--${row.state}`} data-testid="row-state">
          {row.state === "offered" ? offeredWords(desk, row) : stateWords(desk, row)}
        </span>
        {row.operator && <span>{words.row.heldBy(personName(desk, row.operator))}</span>}
        <span>{lineName(desk, row.line)}</span>
        <span>{channelName(desk, row.channel)}</span>
        {row.waiting_since && (
          <span class="ChatHead-waits">
            <Since desk={desk} at={row.waiting_since} in={words.row.waits} />
          </span>
        )}
        <TopicSelect desk={desk} row={row} />
        <RowBadges desk={desk} row={row} />
      </p>
    </div>
  );
}
