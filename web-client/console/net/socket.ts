/** Ties the protocol client to the state: frames in, commands out, the open chat's entries. */

import { effect, type Signal } from "@preact/signals";
import { connect, type Command, type Link, type LinkState } from "../../client/index.ts";
import { isChatBehind } from "../core/select.ts";
import type { State } from "../core/state.ts";
import * as api from "./api.ts";
import type { Emit } from "./gate.ts";

/** An entry may come a moment after its row. */
const BEHIND_GRACE_MS = 3_000;
const TRANSCRIPT_AGAIN_MS = 3_000;

export type Socket = {
  command(command: Command): void;
  tryNow(): void;
};

/** Connects while somebody is at the desk, for as long as the page lives. */
export function followDesk(state: Signal<State>, emit: Emit): Socket {
  let link: Link | null = null;
  effect(() => {
    const isAtDesk = state.value.screen.at === "desk";
    if (isAtDesk && link === null) link = open(emit);
    if (!isAtDesk && link !== null) {
      link.close();
      link = null;
    }
  });
  followOpenChat(state, emit, () => link);
  return {
    command(command) {
      if (link === null) return;
      const { id, answer } = link.command(command);
      emit({ on: "commanded", id, command });
      void answer.then((outcome) => emit({ on: "answered", id, outcome }));
    },
    tryNow: () => link?.tryNow(),
  };
}

function open(emit: Emit): Link {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return connect(`${scheme}//${location.host}/ws/operator`, {
    // Later, as an effect that is just running must not change what it reads.
    state: (link) => queueMicrotask(() => linkChanged(emit, link)),
    frame: (frame) => emit({ on: "frame", frame, at: Date.now() }),
  });
}

function linkChanged(emit: Emit, link: LinkState): void {
  if (link.state === "signed_out") emit({ on: "signed_out", problem: { kind: "signed_out" } });
  else if (link.state !== "closed") emit({ on: "link", link });
  if (link.state === "offline") void noticeSignOut(emit);
}

/** A refused upgrade looks like a lost connection; only HTTP tells that the sign-in has ended. */
async function noticeSignOut(emit: Emit): Promise<void> {
  if ((await api.me()) === "signed_out") {
    emit({ on: "signed_out", problem: { kind: "signed_out" } });
  }
}

function followOpenChat(state: Signal<State>, emit: Emit, link: () => Link | null): void {
  let watched: string | null = null;
  let asked = 0;
  let patience: ReturnType<typeof setTimeout> | null = null;
  effect(() => {
    const { chat } = state.value;
    const conversation = chat?.conversation ?? null;
    // First watch, then read: what comes between the two is in one of them at least.
    if (conversation !== watched) link()?.watch(conversation);
    watched = conversation;
    if (chat?.isLoading && chat.request > asked) {
      asked = chat.request;
      void load(emit, chat.conversation, chat.request);
    }
    const isBehind = isChatBehind(state.value);
    if (isBehind && patience === null) {
      patience = setTimeout(() => {
        patience = null;
        if (isChatBehind(state.peek())) emit({ on: "chat_stale" });
      }, BEHIND_GRACE_MS);
    }
  });
  effect(() => {
    if (state.value.chat?.failed !== "unreachable") return;
    const again = setTimeout(() => emit({ on: "chat_stale" }), TRANSCRIPT_AGAIN_MS);
    return () => clearTimeout(again);
  });
}

async function load(emit: Emit, conversation: string, request: number): Promise<void> {
  const transcript = await api.transcript(conversation);
  if (typeof transcript === "string") emit({ on: "transcript_failed", request, why: transcript });
  else emit({ on: "transcript", request, transcript });
}
