import type { Line } from "../../core/line.ts";
import type { Words } from "../../i18n/en.ts";
import "./LineState.css";

export function LineState({ words, line }: { words: Words; line: Line }) {
  const state = line.archived ? "archived" : line.settings.active ? "active" : "inactive";
  return (
    <span class={`LineState LineState--${state}`} data-testid="line-state" data-state={state}>
      {words.lines.states[state]}
    </span>
  );
}
