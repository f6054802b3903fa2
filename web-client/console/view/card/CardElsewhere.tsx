/** Where else the customer writes just now, and who has that. */

import { elsewhere, type Card } from "../../core/desk/card.ts";
import { channelName, personName, type Desk } from "../desk.ts";
import "./CardElsewhere.css";

export function CardElsewhere({ desk, card }: { desk: Desk; card: Card }) {
  const { state, words, actions } = desk;
  const others = elsewhere(card, state.chat?.conversation ?? "");
  if (others.length === 0) return null;
  return (
    <ul class="CardElsewhere" data-testid="card-elsewhere">
      {others.map(({ conversation, channel, operator }) => (
        <li key={conversation}>
          <button
            type="button"
            class="CardElsewhere-open"
            onClick={() => actions.work.lookUp(conversation)}
          >
            {words.card.elsewhere(channelName(desk, channel), operator && personName(desk, operator))}
          </button>
        </li>
      ))}
    </ul>
  );
}
