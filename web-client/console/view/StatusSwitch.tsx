import type { Status } from "../../client/index.ts";
import { shownStatus } from "../core/state.ts";
import "./StatusSwitch.css";
import type { Desk } from "./desk.ts";

const STATUSES: readonly Status[] = ["available", "busy", "away"];

export function StatusSwitch({ desk }: { desk: Desk }) {
  const { words, actions } = desk;
  const shown = shownStatus(desk.state);
  return (
    <div
      class="StatusSwitch"
      role="group"
      aria-label={words.status.label}
      data-testid="status-switch"
      data-status={shown}
    >
      {STATUSES.map((status) => (
        <button
          key={status}
          type="button"
          class={`StatusSwitch-choice StatusSwitch-choice--${status}`}
          aria-pressed={shown === status}
          title={words.status[`${status}Hint`]}
          data-testid={`status-${status}`}
          onClick={() => actions.setStatus(status)}
        >
          <span class="StatusSwitch-dot" aria-hidden="true" />
          <span class="StatusSwitch-word">{words.status[status]}</span>
        </button>
      ))}
    </div>
  );
}
