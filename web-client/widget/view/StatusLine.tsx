import type { State } from "../core/state.ts";
import type { Words } from "../i18n/en.ts";

/** What the visitor waits for, in one place. */
export function StatusLine({ state, words }: { state: State; words: Words }) {
  const text = statusOf(state, words);
  return (
    <p class={text === "" ? "status hidden" : "status"} role="status" data-testid="status">
      {text}
    </p>
  );
}

function statusOf({ link, chat }: State, words: Words): string {
  if (link === "offline") return words.offline;
  const queue = chat?.queue ?? null;
  if (queue === null) return "";
  if (!queue.staffed) return words.unstaffed;
  const place = queue.position === 1 ? words.next : words.place(queue.position);
  return queue.wait_minutes === null ? place : `${place} ${words.wait(queue.wait_minutes)}`;
}
