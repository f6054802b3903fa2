/** Below the lists: several conversations are chosen, to be thrown out together. */

import { CHOSEN_MAX } from "../core/desk/work.ts";
import "./ChoosingBar.css";
import type { Desk } from "./desk.ts";

export function ChoosingBar({ desk }: { desk: Desk }) {
  const { state, actions } = desk;
  const words = desk.words.choosing;
  const { chosen } = state.work;
  if (Object.keys(state.rows).length === 0) return null;
  if (chosen === null) {
    return (
      <p class="ChoosingBar">
        <button
          type="button"
          class="Button Button--small"
          data-testid="choose-begin"
          onClick={() => actions.work.setChoosing(true)}
        >
          {words.begin}
        </button>
      </p>
    );
  }
  const spam = (block: boolean) =>
    actions.work.ask({ kind: "spam", conversations: chosen, block });
  return (
    <div class="ChoosingBar ChoosingBar--on" role="group" data-testid="choosing">
      <span class="ChoosingBar-count" aria-live="polite">
        {words.chosen(chosen.length)}
        {chosen.length >= CHOSEN_MAX && `, ${words.most(CHOSEN_MAX)}`}
      </span>
      {([false, true] as const).map((block) => (
        <button
          key={String(block)}
          type="button"
          class="Button Button--small"
          disabled={chosen.length === 0}
          data-testid={block ? "chosen-spam-and-block" : "chosen-spam"}
          onClick={() => spam(block)}
        >
          {block ? words.spamAndBlock : words.spam}
        </button>
      ))}
      <button
        type="button"
        class="Button Button--small"
        data-testid="choose-end"
        onClick={() => actions.work.setChoosing(false)}
      >
        {words.end}
      </button>
    </div>
  );
}
