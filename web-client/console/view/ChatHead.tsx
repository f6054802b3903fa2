/** The customer's name, where the conversation stands, and what can be done with it. */

import { useState } from "preact/hooks";
import type { Row } from "../../client/index.ts";
import type { Chat } from "../core/chat.ts";
import { canFinish, canTake, isUnderway, lastRouted, myOffer } from "../core/select.ts";
import "./ChatHead.css";
import { Countdown } from "./Countdown.tsx";
import { OfferButtons } from "./OfferButtons.tsx";
import { Since } from "./Since.tsx";
import { Why } from "./Why.tsx";
import { channelName, lineName, personName, type Desk } from "./desk.ts";

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
        <div class="ChatHead-who">
          <h1 class="ChatHead-name" data-testid="customer">
            {row.customer_name}
          </h1>
          <p class="ChatHead-where">
            <span class={`ChatHead-state ChatHead-state--${row.state}`} data-testid="row-state">
              {words.row.states[row.state]}
            </span>
            {row.operator && <span>{words.row.heldBy(personName(desk, row.operator))}</span>}
            <span>{lineName(desk, row.line)}</span>
            <span>{channelName(desk, row.channel)}</span>
            {row.waiting_since && (
              <span class="ChatHead-waits">
                <Since desk={desk} at={row.waiting_since} in={words.row.waits} />
              </span>
            )}
          </p>
        </div>
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
      </div>
      {routed && isWhyOpen && <Why desk={desk} at={routed.at} fact={routed.fact} isMine={isMine} />}
    </header>
  );
}

function HeadButtons({ desk, row }: { desk: Desk; row: Row }) {
  const { state, words, actions } = desk;
  const id = row.conversation;
  const offer = myOffer(state, row);
  return (
    <div class="ChatHead-buttons">
      {offer && (
        <>
          <Countdown desk={desk} until={offer.until} changed={row.updated_at} />
          <OfferButtons desk={desk} conversation={id} offer={offer.offer} />
        </>
      )}
      {canTake(state, row) && (
        <button
          type="button"
          class="Button Button--primary"
          data-testid="take"
          disabled={isUnderway(state, "take", id)}
          onClick={() => actions.take(id)}
        >
          {words.take}
        </button>
      )}
      {canFinish(state, row) && <FinishButton desk={desk} row={row} />}
    </div>
  );
}

/** Ending somebody else's conversation is asked about; one's own is done at once. */
function FinishButton({ desk, row }: { desk: Desk; row: Row }) {
  const [isAsking, setAsking] = useState(false);
  const { state, words, actions } = desk;
  const isOwn = row.operator === state.me?.id;
  const finish = () => actions.finish(row.conversation);
  if (isAsking) {
    return (
      <span class="ChatHead-ask">
        {words.chat.finishAsk}
        <button
          type="button"
          class="Button Button--primary"
          data-testid="finish-confirm"
          onClick={() => {
            setAsking(false);
            finish();
          }}
        >
          {words.chat.finishYes}
        </button>
        <button type="button" class="Button" onClick={() => setAsking(false)}>
          {words.offer.cancel}
        </button>
      </span>
    );
  }
  return (
    <button
      type="button"
      class="Button"
      data-testid="finish"
      disabled={isUnderway(state, "finish", row.conversation)}
      onClick={isOwn ? finish : () => setAsking(true)}
    >
      {words.chat.finish}
    </button>
  );
}
