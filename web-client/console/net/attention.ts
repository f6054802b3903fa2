/** Calls for attention outside the page's own area: its title, a sound. */

import { effect, type Signal } from "@preact/signals";
import { calls, offersToMe } from "../core/select.ts";
import type { State } from "../core/state.ts";
import { allowChime, chime } from "./chime.ts";

export function followAttention(state: Signal<State>): void {
  allowChime();
  let heard = new Set<string>();
  effect(() => {
    const n = calls(state.value);
    document.title = n > 0 ? `(${n}) Switchboard` : "Switchboard";
    const offers = offersToMe(state.value).map((o) => `${o.row.conversation} ${o.offer.offer}`);
    const isNew = offers.some((offer) => !heard.has(offer));
    heard = new Set(offers);
    if (isNew && state.value.sound) chime();
  });
}
