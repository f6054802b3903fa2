/** Says to somebody who missed offers that he was set away, with the way back. */

import "./AwayBar.css";
import type { Desk } from "./desk.ts";

export function AwayBar({ desk }: { desk: Desk }) {
  const { state, words, actions } = desk;
  const isComingBack = Object.values(state.underway).some(({ type }) => type === "set_status");
  if (!state.me?.set_away) return null;
  return (
    <p class="AwayBar" role="alert" data-testid="set-away">
      {words.calls.setAway}
      <button
        type="button"
        class="Button Button--primary"
        disabled={isComingBack}
        data-testid="im-back"
        onClick={() => actions.setStatus("available", null)}
      >
        {words.calls.imBack}
      </button>
    </p>
  );
}
