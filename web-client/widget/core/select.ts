/** What is shown, as functions of the state. */

import type { Form, Item, Message, Refusal } from "./protocol.ts";
import type { State } from "./state.ts";

/** Which form stands in the way of writing; none: one may write. */
export type Wanted = "contacts" | "consent" | "offline" | null;

export function wanted(state: State): Wanted {
  const { widget, chat } = state;
  if (widget === null || chat === null || chat.phase !== "idle") return null;
  if (isRefused(state, "form_needed") || (widget.form.before_chat && !state.introduced)) {
    return "contacts";
  }
  if (widget.form.offline && !chat.hours.open && !state.introduced) return "offline";
  if (isRefused(state, "consent_needed") || (widget.consent !== null && !state.consented)) {
    return "consent";
  }
  return null;
}

function isRefused(state: State, code: Refusal["code"]): boolean {
  const isAnswered = code === "form_needed" ? state.introduced : state.consented;
  return !isAnswered && state.pending.some(({ refused }) => refused?.code === code);
}

/** The fields that a form has, each with whether it is to be filled in. */
export function fields(form: Form): { name: "name" | "phone" | "email"; required: boolean }[] {
  const asked = (["name", "phone", "email"] as const).filter((field) => form[field] !== "no");
  return asked.map((name) => ({ name, required: form[name] === "required" }));
}

export function hasFiles(item: Item): boolean {
  return item.kind === "message" && item.files !== undefined;
}

/** The newest message of the hub's in each conversation. */
export function newestReceived(state: State): Message | null {
  const heard = state.items.filter(
    (item): item is Message => item.kind === "message" && item.from.who !== "visitor",
  );
  return heard.at(-1) ?? null;
}

/** What the visitor gave in that conversation; none: nothing yet. */
export function ratingOf(state: State, conversation: string): number | null {
  const given = state.items.flatMap((item) =>
    item.kind === "rated" && item.conversation === conversation ? [item.value] : [],
  );
  return given.at(-1) ?? null;
}
