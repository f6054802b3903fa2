/** Calls for attention outside the page's own area: its title, a sound. */

import { effect, type Signal } from "@preact/signals";
import { calls } from "../core/select.ts";
import type { State } from "../core/state.ts";
import { allowChime, chime } from "./chime.ts";

export function followAttention(state: Signal<State>): void {
  allowChime();
  let heard = state.peek().work.ring.n;
  effect(() => {
    const n = calls(state.value);
    document.title = n > 0 ? `(${n}) Switchboard` : "Switchboard";
    const { ring } = state.value.work;
    const isNew = ring.n !== heard;
    heard = ring.n;
    if (isNew && state.value.sound) chime(ring.kind);
  });
}
