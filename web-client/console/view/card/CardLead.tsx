/** The lead made of the customer, or the button that makes one. */

import { canMakeLead, type Card, type Customer } from "../../core/desk/card.ts";
import { openRow } from "../../core/select.ts";
import type { Desk } from "../desk.ts";

export function CardLead({ desk, card, value }: { desk: Desk; card: Card; value: Customer }) {
  const { state, actions } = desk;
  const words = desk.words.card;
  const { lead } = value;
  const row = openRow(state);
  return (
    <section class="CustomerCard-section CustomerCard-line" data-testid="card-lead">
      <span>{lead ? `${words.lead}: ${words.leads[lead.status]}` : words.noLead}</span>
      {row && canMakeLead(state.me, card, row) && (
        <button
          type="button"
          class="Button Button--small"
          data-testid="create-lead"
          onClick={() => actions.card.makeLead(row.conversation, {})}
        >
          {words.createLead}
        </button>
      )}
    </section>
  );
}
