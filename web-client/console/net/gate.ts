/** Getting in and out: who is signed in, signing in, setting up, signing out. */

import type { Signal } from "@preact/signals";
import { reduce, type GateProblem, type State, type StateEvent } from "../core/state.ts";
import * as api from "./api.ts";

export type Emit = (event: StateEvent) => void;

export function emitInto(state: Signal<State>): Emit {
  return (event) => {
    // Whoever tells something inside of an effect does not follow all that there is.
    state.value = reduce(state.peek(), event);
  };
}

/** Decides the first screen. */
export async function enter(emit: Emit): Promise<void> {
  const token = setUpToken();
  if (token !== null) {
    emit({ on: "screen", screen: { at: "set_up", token, busy: false, problem: null } });
    return;
  }
  await comeIn(emit, null);
}

export async function signIn(emit: Emit, login: string, password: string): Promise<void> {
  emit({ on: "screen", screen: { at: "sign_in", busy: true, problem: null } });
  const problem = await api.signIn(login, password);
  if (problem === null) await comeIn(emit, { kind: "unreachable" });
  else emit({ on: "screen", screen: { at: "sign_in", busy: false, problem } });
}

export async function setUp(emit: Emit, form: api.SetUp): Promise<void> {
  const { token } = form;
  emit({ on: "screen", screen: { at: "set_up", token, busy: true, problem: null } });
  const problem = await api.setUp(form);
  if (problem !== null) {
    emit({ on: "screen", screen: { at: "set_up", token, busy: false, problem } });
    return;
  }
  // The link has done its work; it must not stay in the history.
  history.replaceState(null, "", "/");
  await comeIn(emit, null);
}

export async function signOut(emit: Emit): Promise<void> {
  await api.signOut();
  emit({ on: "signed_out", problem: null });
}

async function comeIn(emit: Emit, problem: GateProblem | null): Promise<void> {
  const me = await api.me();
  if (me === "signed_out") emit({ on: "signed_out", problem });
  else if (me === "unreachable") emit({ on: "signed_out", problem: { kind: "unreachable" } });
  else emit({ on: "signed_in", me });
}

/** The link holds it behind `#`, which browsers send to nobody; behind `?` it is taken too. */
function setUpToken(): string | null {
  const [, token] = /^#\/setup\/(.+)$/.exec(location.hash) ?? [];
  if (token !== undefined) return decodeURIComponent(token);
  if (location.pathname.replace(/\/$/, "") !== "/setup") return null;
  return new URLSearchParams(location.search).get("token");
}
