/** While several are being chosen: whether this one is. */

import type { Row } from "../../client/index.ts";
import { can } from "../core/desk/possible.ts";
import "./Choice.css";
import type { Desk } from "./desk.ts";

export function Choice({ desk, row }: { desk: Desk; row: Row }) {
  const { state, words, actions } = desk;
  const { chosen } = state.work;
  if (chosen === null) return null;
  const id = row.conversation;
  return (
    <label class="Choice">
      <input
        type="checkbox"
        checked={chosen.includes(id)}
        disabled={!can(state, "spam", row)}
        aria-label={words.choosing.choose(row.customer_name)}
        data-testid="choice"
        onChange={() => actions.work.choose(id)}
      />
    </label>
  );
}
