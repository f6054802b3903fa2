/** Shows and hides the customer's card. Where there is room, it is shown until somebody hides it. */

import type { Desk } from "../desk.ts";

/** As in `CustomerCard.css`. */
const WIDE = "(width > 1180px)";

export function CardToggle({ desk }: { desk: Desk }) {
  const { words, actions } = desk;
  const isOpen = desk.state.work.isCardOpen ?? matchMedia(WIDE).matches;
  const label = isOpen ? words.card.hide : words.card.show;
  return (
    <button
      type="button"
      class="Button"
      aria-expanded={isOpen}
      title={label}
      data-testid="card-toggle"
      onClick={() => actions.work.showCard(!isOpen)}
    >
      {words.acts.card}
    </button>
  );
}
