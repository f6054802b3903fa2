/** Has what is being written kept by the server. */

import { effect, type Signal } from "@preact/signals";
import { unsaved } from "../core/desk/drafts.ts";
import type { State } from "../core/state.ts";
import type { Socket } from "./socket.ts";

const EVERY_MS = 2_000;

/** Answers how to have it kept at once, before the conversation changes hands. */
export function keepDrafts(state: Signal<State>, socket: Socket): () => void {
  let pending: ReturnType<typeof setTimeout> | null = null;
  const keep = () => {
    for (const draft of unsaved(state.peek())) socket.command({ type: "draft", ...draft });
  };
  effect(() => {
    const isBehind = unsaved(state.value).length > 0;
    if (pending !== null || !isBehind) return;
    pending = setTimeout(() => {
      pending = null;
      keep();
    }, EVERY_MS);
  });
  return keep;
}
