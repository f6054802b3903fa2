/** The address and the place in the console follow each other; unsaved changes are asked about. */

import { effect, type Signal } from "@preact/signals";
import { unsaved } from "../core/lines.ts";
import { hashOf, placeOf, placeOfLine, type Place } from "../core/place.ts";
import { leavesChanges, openLine } from "../core/select-lines.ts";
import type { State } from "../core/state.ts";
import { signOut, type Emit } from "./gate.ts";
import { save, tellInto } from "./lines.ts";

export function followPlace(state: Signal<State>, emit: Emit): void {
  const tell = tellInto(emit);
  emit({ on: "place", place: placeOf(location.hash) });
  addEventListener("hashchange", () => {
    const place = placeOf(location.hash);
    if (!leavesChanges(state.peek(), place)) {
      emit({ on: "place", place });
      return;
    }
    history.replaceState(null, "", hashOf(state.peek().place));
    tell({ kind: "leaving", to: place });
  });
  effect(() => {
    const warn = unsaved(state.value.setting).length > 0;
    if (!warn) return;
    addEventListener("beforeunload", warned);
    return () => removeEventListener("beforeunload", warned);
  });
}

/** Signs out, unless there are changes to ask about first. */
export function leaveAndSignOut(state: Signal<State>, emit: Emit): void {
  if (leavesChanges(state.peek(), "signed_out")) {
    tellInto(emit)({ kind: "leaving", to: "signed_out" });
  } else void signOut(emit);
}

export function leaveActions(state: Signal<State>, emit: Emit) {
  const tell = tellInto(emit);
  const stay = () => tell({ kind: "leaving", to: null });
  return {
    stay,
    leave(how: "save" | "keep" | "discard") {
      const target = state.peek().setting.leaving;
      const line = openLine(state.peek());
      stay();
      if (target === null || line === null) return;
      if (how === "discard") tell({ kind: "discarded", line });
      if (how !== "save") go(emit, target);
      else {
        void save(state, tell, line).then((isSaved) => {
          go(emit, isSaved ? target : placeOfLine(line));
        });
      }
    },
  };
}

function go(emit: Emit, target: Place | "signed_out"): void {
  if (target === "signed_out") {
    void signOut(emit);
    return;
  }
  if (location.hash !== hashOf(target)) history.pushState(null, "", hashOf(target));
  emit({ on: "place", place: target });
}

/** Browsers ask in words of their own. */
function warned(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
