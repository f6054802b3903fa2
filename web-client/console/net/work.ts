/** Carries out what is done at the desk, has drafts kept, and finds out who could take over. */

import { effect, type Signal } from "@preact/signals";
import { finishing } from "../core/desk/dialog.ts";
import { unsaved } from "../core/desk/drafts.ts";
import type { WorkEvent } from "../core/desk/work.ts";
import type { State } from "../core/state.ts";
import type { WorkActions } from "../view/acts/actions.ts";
import * as api from "./customers-api.ts";
import type { Emit } from "./gate.ts";
import type { Socket } from "./socket.ts";

const DRAFT_EVERY_MS = 2_000;

export function followWork(state: Signal<State>, emit: Emit, socket: Socket): void {
  followTargets(state, emit);
  let pending: ReturnType<typeof setTimeout> | null = null;
  effect(() => {
    const isBehind = unsaved(state.value).length > 0;
    if (pending !== null || !isBehind) return;
    pending = setTimeout(() => {
      pending = null;
      for (const draft of unsaved(state.peek())) socket.command({ type: "draft", ...draft });
    }, DRAFT_EVERY_MS);
  });
}

function followTargets(state: Signal<State>, emit: Emit): void {
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

export function workActions(state: Signal<State>, emit: Emit, socket: Socket): WorkActions {
  const ask: WorkActions["ask"] = (dialog) => tell(emit, { kind: "asks", dialog });
  const answer: WorkActions["answer"] = (...commands) => {
    ask(null);
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
