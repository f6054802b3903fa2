/** Shows and hides the customer's card. Where there is room, it is shown until somebody hides it. */

import type { Desk } from "../desk.ts";
import "./CardToggle.css";

/** As in `CustomerCard.css`. */
const WIDE = "(width > 1180px)";

export function CardToggle({ desk }: { desk: Desk }) {
  const { words, actions } = desk;
  const isOpen = desk.state.work.isCardOpen ?? matchMedia(WIDE).matches;
  const label = isOpen ? words.card.hide : words.card.show;
  return (
    <button
      type="button"
      class="Button CardToggle"
      aria-expanded={isOpen}
      aria-label={label}
      title={label}
      data-testid="card-toggle"
      onClick={() => actions.work.showCard(!isOpen)}
    >
      <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
        <circle cx="10" cy="6.500" r="3.300" fill="currentColor" />
        <path d="M3.500 17c0-4 2.900-6 6.500-6s6.500 2 6.500 6z" fill="currentColor" />
      </svg>
    </button>
  );
}
