/** Carries out what is done at the desk, and finds out to whom a conversation could be handed. */

import { effect, type Signal } from "@preact/signals";
import { finishing } from "../core/desk/dialog.ts";
import type { WorkEvent } from "../core/desk/work.ts";
import type { State } from "../core/state.ts";
import type { WorkActions } from "../view/acts/actions.ts";
import * as api from "./customers-api.ts";
import type { Emit } from "./gate.ts";
import type { Socket } from "./socket.ts";

export function followTargets(state: Signal<State>, emit: Emit): void {
  let asked = 0;
  effect(() => {
    const { targets } = state.value.work;
    if (targets === null || targets.request <= asked) return;
    asked = targets.request;
    const { request } = targets;
    void api.targets(targets.conversation).then((found) => {
      if (found === null) tell(emit, { kind: "no_targets", request });
      else tell(emit, { kind: "targets", request, targets: found });
    });
  });
}

export function workActions(
  state: Signal<State>,
  emit: Emit,
  socket: Socket,
  keepDraftsNow: () => void,
): WorkActions {
  const ask: WorkActions["ask"] = (dialog) => tell(emit, { kind: "asks", dialog });
  const answer: WorkActions["answer"] = (...commands) => {
    ask(null);
    // Whoever gets it is to find what was being written.
    if (commands.some(({ type }) => type === "transfer")) keepDraftsNow();
    commands.forEach(socket.command);
  };
  return {
    ask,
    answer,
    command: socket.command,
    finish(row, silent) {
      const step = finishing(state.peek(), row, silent);
      if ("type" in step) socket.command(step);
      else ask(step);
    },
    spam(conversations, block) {
      answer(...conversations.map((conversation) => ({ type: "spam" as const, conversation, block })));
      tell(emit, { kind: "choosing", isChoosing: false });
    },
    lookUp: (conversation) => emit({ on: "looked_up", conversation }),
    takeDraft: (isUsed) => emit({ on: "draft_taken", isUsed }),
    readAlarm: (key) => tell(emit, { kind: "alarm_read", key }),
    setChoosing: (isChoosing) => tell(emit, { kind: "choosing", isChoosing }),
    choose: (conversation) => tell(emit, { kind: "chosen", conversation }),
    showCard: (isOpen) => tell(emit, { kind: "card_open", isOpen }),
  };
}

function tell(emit: Emit, event: WorkEvent): void {
  emit({ on: "work", event });
}
