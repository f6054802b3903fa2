/** Cards of the same person that were merged into this one, and can be parted from it. */

import type { Card, Customer } from "../../core/desk/card.ts";
import type { Desk } from "../desk.ts";
import { moment } from "../time.ts";

type CardMergedProps = { desk: Desk; card: Card; value: Customer; canChange: boolean };

export function CardMerged({ desk, card, value, canChange }: CardMergedProps) {
  const { words, actions } = desk;
  if (value.merged.length === 0) return null;
  return (
    <section class="CustomerCard-section">
      <h3 class="CustomerCard-title">{words.card.merged}</h3>
      <ul>
        {value.merged.map(({ customer, name, at }) => (
          <li key={customer} class="CustomerCard-line" data-testid="card-merged">
            <span>
              {name || words.card.noName}, {moment(words, at)}
            </span>
            {canChange && (
              <button
                type="button"
                class="Button Button--small"
                disabled={card.isBusy}
                title={words.card.partHint}
                data-testid="card-part"
                onClick={() => actions.card.part(customer)}
              >
                {words.card.part}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
