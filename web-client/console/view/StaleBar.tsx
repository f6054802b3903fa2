/** Says so while the page may have missed something. */

import "./StaleBar.css";
import type { Desk } from "./desk.ts";

export function StaleBar({ desk }: { desk: Desk }) {
  const { words, actions } = desk;
  const { link } = desk.state;
  if (link.state === "outdated") {
    return (
      <p class="StaleBar" role="alert">
        {words.link.outdatedLong}
        <button type="button" class="Button Button--small" onClick={actions.reloadPage}>
          {words.link.reload}
        </button>
      </p>
    );
  }
  if (link.state !== "offline") return null;
  const why = link.why === "too_many_sockets" ? words.link.tooMany : words.link.stale;
  return (
    <p class="StaleBar" data-testid="stale">
      {why}
    </p>
  );
}
