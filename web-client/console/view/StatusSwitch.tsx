import type { Status } from "../../client/index.ts";
import { shownStatus } from "../core/commands.ts";
import { StatusReason } from "./StatusReason.tsx";
import "./StatusSwitch.css";
import type { Desk } from "./desk.ts";

const STATUSES: readonly Status[] = ["available", "busy", "away"];

export function StatusSwitch({ desk }: { desk: Desk }) {
  const { words, actions } = desk;
  const chosen = shownStatus(desk.state);
  const shown = chosen?.status ?? null;
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
          onClick={() => actions.setStatus(status, null)}
        >
          <span class="StatusSwitch-dot" aria-hidden="true" />
          <span class="StatusSwitch-word">{words.status[status]}</span>
        </button>
      ))}
      {chosen && chosen.status !== "available" && (
        <StatusReason key={chosen.status} desk={desk} status={chosen.status} reason={chosen.reason} />
      )}
    </div>
  );
}
