/** What can be done with the open conversation; only what makes sense now. */

import type { Row } from "../../../client/index.ts";
import { can } from "../../core/desk/possible.ts";
import { isUnderway, myOffer } from "../../core/select.ts";
import { Countdown } from "../Countdown.tsx";
import { OfferButtons } from "../OfferButtons.tsx";
import type { Desk } from "../desk.ts";
import { FinishButtons } from "./FinishButtons.tsx";
import "./HeadButtons.css";
import { MoreMenu } from "./MoreMenu.tsx";

export function HeadButtons({ desk, row }: { desk: Desk; row: Row }) {
  const { state, words, actions } = desk;
  const id = row.conversation;
  const offer = myOffer(state, row);
  return (
    <div class="HeadButtons">
      {offer && (
        <>
          <Countdown desk={desk} until={offer.until} changed={row.updated_at} />
          <OfferButtons desk={desk} conversation={id} offer={offer.offer} />
        </>
      )}
      {can(state, "take", row) && (
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
      {can(state, "withdraw", row) && (
        <CommandButton desk={desk} row={row} type="withdraw" label={words.acts.withdraw} />
      )}
      {row.hold_until !== undefined && can(state, "hold", row) && (
        <button
          type="button"
          class="Button"
          data-testid="unhold"
          disabled={isUnderway(state, "hold", id)}
          onClick={() => actions.work.command({ type: "hold", conversation: id, until: null })}
        >
          {words.acts.unhold}
        </button>
      )}
      {can(state, "transfer", row) && (
        <button
          type="button"
          class="Button"
          data-testid="transfer"
          disabled={isUnderway(state, "transfer", id)}
          onClick={() => actions.work.ask({ kind: "transfer", conversation: id })}
        >
          {words.acts.transfer}
        </button>
      )}
      {can(state, "finish", row) && <FinishButtons desk={desk} row={row} />}
      {can(state, "pick_up", row) && (
        <CommandButton desk={desk} row={row} type="pick_up" label={words.acts.pickUp} />
      )}
      <MoreMenu desk={desk} row={row} />
    </div>
  );
}

type CommandButtonProps = { desk: Desk; row: Row; type: "withdraw" | "pick_up"; label: string };

function CommandButton({ desk, row, type, label }: CommandButtonProps) {
  const { conversation } = row;
  return (
    <button
      type="button"
      class="Button"
      data-testid={type}
      disabled={isUnderway(desk.state, type, conversation)}
      onClick={() => desk.actions.work.command({ type, conversation })}
    >
      {label}
    </button>
  );
}
