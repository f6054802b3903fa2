/** Channels and the server: what is read by itself, and what is done when a person wants it. */

import { computed, effect, type Signal } from "@preact/signals";
import {
  channelOf,
  formOfChannel,
  freshChannel,
  kindOf,
  type ChannelForm,
  type ChannelsEvent,
} from "../core/channels.ts";
import { hashOf, placeOfChannel } from "../core/place.ts";
import { administers, shownPlace } from "../core/select-lines.ts";
import type { State } from "../core/state.ts";
import type { ChannelActions } from "../view/channels/actions.ts";
import * as api from "./channels-api.ts";
import type { Emit } from "./gate.ts";

/** How often it is asked how the channels are, while somebody looks. */
const LOOK_AGAIN_MS = 10_000;

/** Reads the channels while they are looked at, on their own screen or beside their lines. */
export function followChannels(state: Signal<State>, emit: Emit): void {
  const tell = tellInto(emit);
  const isShown = computed(() => {
    const { screen, filled } = state.value;
    const isDesk = screen.at === "desk" && filled;
    return isDesk && administers(state.value) && shownPlace(state.value).at !== "desk";
  });
  effect(() => {
    if (!isShown.value) return;
    void read(state, tell);
    const again = setInterval(() => void read(state, tell), LOOK_AGAIN_MS);
    return () => clearInterval(again);
  });
  const open = computed(() => {
    const place = shownPlace(state.value);
    return place.at === "channels" ? place.channel : null;
  });
  const isRead = computed(() => state.value.connecting.all !== null);
  effect(() => {
    if (!isRead.value) return;
    const channel = open.value === null ? null : channelOf(state.peek().connecting, open.value);
    tell({ kind: "formed", form: channel && formOfChannel(channel) });
  });
}

export function channelActions(state: Signal<State>, emit: Emit): ChannelActions {
  const tell = tellInto(emit);
  return {
    reload: () => void read(state, tell),
    begin: (kind, name) => tell({ kind: "formed", form: freshChannel(kind, name) }),
    change: (change) => tell({ kind: "changed", change }),
    setField: (name, value) => tell({ kind: "field", name, value }),
    save: () => void save(state, tell),
    discard() {
      const { form } = state.peek().connecting;
      const channel = form?.channel ? channelOf(state.peek().connecting, form.channel) : null;
      tell({ kind: "formed", form: channel && formOfChannel(channel) });
    },
    async test(channel) {
      tell({ kind: "testing", channel });
      const answer = await api.test(channel);
      if ("value" in answer) tell({ kind: "tested", channel, tested: answer.value });
      else tell({ kind: "not_tested", channel, failure: answer.failure });
      void read(state, tell);
    },
  };
}

async function read(state: Signal<State>, tell: Tell): Promise<void> {
  const known = state.peek().connecting.kinds;
  const [channels, kinds] = await Promise.all([
    api.list(),
    known.length > 0 ? { value: known } : api.kinds(),
  ]);
  if ("failure" in channels) tell({ kind: "not_read", failure: channels.failure });
  else if ("failure" in kinds) tell({ kind: "not_read", failure: kinds.failure });
  else tell({ kind: "read", channels: channels.value, kinds: kinds.value });
}

async function save(state: Signal<State>, tell: Tell): Promise<void> {
  const { connecting } = state.peek();
  const { form } = connecting;
  if (form === null || form.saving.busy) return;
  tell({ kind: "saving" });
  const answer = await stored(state, form);
  if ("failure" in answer) {
    tell({ kind: "not_saved", failure: answer.failure });
    return;
  }
  tell({ kind: "saved", channel: answer.value });
  if (form.channel === null) location.hash = hashOf(placeOfChannel(answer.value.id));
}

function stored(state: Signal<State>, form: ChannelForm): ReturnType<typeof api.create> {
  const { connecting } = state.peek();
  const channel = form.channel ? channelOf(connecting, form.channel) : null;
  const kind = kindOf(connecting, form.kind);
  return channel === null ? api.create(form, kind) : api.change(channel, form, kind);
}

type Tell = (event: ChannelsEvent) => void;

function tellInto(emit: Emit): Tell {
  return (event) => {
    emit({ on: "channels", event });
    const isSignedOut = "failure" in event && event.failure.why === "signed_out";
    if (isSignedOut) emit({ on: "signed_out", problem: { kind: "signed_out" } });
  };
}
