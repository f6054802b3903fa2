/** Reads the card of the open chat's customer, and carries out what is changed on it. */

import { effect, type Signal } from "@preact/signals";
import { cardFields, type CardEvent, type CardProblem } from "../core/desk/card.ts";
import type { Dialog } from "../core/desk/dialog.ts";
import type { State } from "../core/state.ts";
import type { CardActions } from "../view/card/actions.ts";
import * as api from "./customers-api.ts";
import type { Emit } from "./gate.ts";

/** What changes a card seldom comes alone. */
const AGAIN_AFTER_MS = 1_500;

export function followCard(state: Signal<State>, emit: Emit): void {
  let asked = 0;
  let again: ReturnType<typeof setTimeout> | null = null;
  effect(() => {
    const { card } = state.value;
    if (card?.isLoading && card.request > asked) {
      asked = card.request;
      void read(emit, card.customer, card.request);
    }
    if (card?.isStale && again === null) {
      again = setTimeout(() => {
        again = null;
        if (state.peek().card?.isStale) emit({ on: "card_stale" });
      }, AGAIN_AFTER_MS);
    }
  });
}

async function read(emit: Emit, customer: string, request: number): Promise<void> {
  const value = await api.customer(customer);
  if (typeof value === "string") tell(emit, { kind: "not_read", request, failed: value });
  else tell(emit, { kind: "read", request, value });
}

export function cardActions(state: Signal<State>, emit: Emit): CardActions {
  const { change, save } = changes(state, emit);
  return {
    edit: (edits) => tell(emit, { kind: "edited", edits }),
    save,
    decide: (verdict, kind, value) => change((id) => api.decideContact(id, verdict, kind, value)),
    block: (verb) => change((id) => api.setBlocked(id, verb)),
    part: (other) => change((id) => api.part(id, other)),
    reload: () => emit({ on: "card_stale" }),
    makeLead: (conversation, contact) => void makeLead(emit, conversation, contact),
  };
}

function changes(state: Signal<State>, emit: Emit) {
  const carryOut = async (
    run: (customer: string) => Promise<CardProblem | null>,
    done: CardEvent,
  ): Promise<void> => {
    const { card } = state.peek();
    if (card === null || card.isBusy) return;
    tell(emit, { kind: "submitted" });
    const problem = await run(card.customer);
    // Somebody else's card may be on the screen by now.
    if (state.peek().card?.customer !== card.customer) return;
    tell(emit, problem === null ? done : { kind: "not_changed", problem });
  };
  return {
    change: (run: (customer: string) => Promise<CardProblem | null>) =>
      void carryOut(run, { kind: "changed" }),
    save() {
      const { card } = state.peek();
      const fields = card && cardFields(card);
      const version = card?.value?.version;
      if (!fields || version === undefined) return;
      void carryOut((id) => api.saveCustomer(id, version, fields), { kind: "saved" });
    },
  };
}

/** Without a contact at first; if one is needed, it is asked for. */
async function makeLead(
  emit: Emit,
  conversation: string,
  contact: { phone?: string; email?: string },
): Promise<void> {
  const ask = (dialog: Dialog | null) => emit({ on: "work", event: { kind: "asks", dialog } });
  const isAsking = Object.keys(contact).length > 0;
  if (isAsking) ask({ kind: "lead", conversation, isBusy: true, problem: null });
  else tell(emit, { kind: "submitted" });
  const problem = await api.makeLead(conversation, contact);
  const { why } = problem ?? { why: "made" };
  if (isAsking && problem !== null) {
    ask({ kind: "lead", conversation, isBusy: false, problem });
  } else if (why === "made" || why === "exists") {
    if (isAsking) ask(null);
    tell(emit, { kind: "changed" });
  } else if (why === "no_leads" || why === "not_allowed" || why === "unreachable") {
    tell(emit, { kind: "not_changed", problem: { why } });
  } else {
    tell(emit, { kind: "idle" });
    ask({ kind: "lead", conversation, isBusy: false, problem });
  }
}

function tell(emit: Emit, event: CardEvent): void {
  emit({ on: "card", event });
}
