/** Accept, decline, decline with a reason. */

import { useEffect, useRef, useState } from "preact/hooks";
import { REASON_CHARS_MAX, type ConversationId, type OfferId } from "../../client/index.ts";
import { isUnderway } from "../core/select.ts";
import "./OfferButtons.css";
import type { Desk } from "./desk.ts";

type OfferButtonsProps = { desk: Desk; conversation: ConversationId; offer: OfferId };

export function OfferButtons({ desk, conversation, offer }: OfferButtonsProps) {
  const [isGivingReason, setGivingReason] = useState(false);
  const { state, words, actions } = desk;
  const busy =
    isUnderway(state, "accept", conversation) || isUnderway(state, "decline", conversation);
  if (isGivingReason) {
    const declined = (reason: string) => {
      setGivingReason(false);
      actions.decline(conversation, offer, reason);
    };
    return <ReasonForm desk={desk} onGiven={declined} onCancel={() => setGivingReason(false)} />;
  }
  return (
    <div class="OfferButtons">
      <button
        type="button"
        class="Button Button--primary"
        data-testid="accept"
        disabled={busy}
        onClick={() => actions.accept(conversation, offer)}
      >
        {words.offer.accept}
      </button>
      <span class="OfferButtons-decline">
        <button
          type="button"
          class="Button"
          data-testid="decline"
          disabled={busy}
          onClick={() => actions.decline(conversation, offer, null)}
        >
          {words.offer.decline}
        </button>
        <button
          type="button"
          class="Button"
          aria-label={words.offer.declineWithReason}
          title={words.offer.declineWithReason}
          data-testid="decline-with-reason"
          disabled={busy}
          onClick={() => setGivingReason(true)}
        >
          …
        </button>
      </span>
    </div>
  );
}

type ReasonFormProps = { desk: Desk; onGiven: (reason: string) => void; onCancel: () => void };

function ReasonForm({ desk, onGiven, onCancel }: ReasonFormProps) {
  const { words } = desk;
  const reason = useRef<HTMLInputElement>(null);
  useEffect(() => reason.current?.focus(), []);
  const submitted = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    onGiven(String(form.get("reason") ?? "").trim());
  };
  return (
    <form class="OfferButtons" onSubmit={submitted}>
      <input
        ref={reason}
        class="OfferButtons-reason"
        name="reason"
        maxLength={REASON_CHARS_MAX}
        placeholder={words.offer.reason}
        aria-label={words.offer.reason}
        data-testid="decline-reason"
      />
      <button class="Button Button--primary" data-testid="decline-confirm">
        {words.offer.decline}
      </button>
      <button type="button" class="Button" onClick={onCancel}>
        {words.offer.cancel}
      </button>
    </form>
  );
}
