/**
 * What the chat knows, and how an event changes it.
 *
 * Pure: no DOM, no socket, no storage, no clock; time comes in the events.
 */

import type { Act, ChatState, Item, News, Outcome, Refusal, Started } from "./protocol.ts";

export type State = {
  /** `gone`: there is no such widget, or it is not for this site. */
  at: "starting" | "ready" | "gone";
  widget: Started["widget"] | null;
  introduced: boolean;
  consented: boolean;
  items: readonly Item[];
  chat: ChatState | null;
  /** Own messages that have not come back yet, oldest first. */
  pending: readonly Pending[];
  link: "connecting" | "live" | "offline";
  /** In milliseconds; 0: nobody is. */
  typingUntil: number;
  isOpen: boolean;
  unread: number;
  form: { busy: string | null; problem: Refusal | null };
  rating: { busy: string | null; failed: boolean };
};

export type Pending = {
  id: string;
  text: string;
  at: number;
  refused: Refusal | null;
  /** Uploaded before. */
  files?: string[] | undefined;
  /** Files that could not be taken up at all. */
  chosen?: File[];
};

export type StateEvent =
  | { on: "started"; started: Started }
  | { on: "gone" }
  | { on: "news"; news: News }
  | { on: "acted"; act: Act; at: number }
  | { on: "pending"; pending: readonly Pending[] }
  | { on: "answered"; id: string; outcome: Outcome }
  | { on: "link"; link: State["link"] }
  | { on: "typing"; at: number }
  | { on: "typed" }
  | { on: "shown"; isOpen: boolean };

export const TYPING_MS = 4_000;

export const initial: State = {
  at: "starting",
  widget: null,
  introduced: false,
  consented: false,
  items: [],
  chat: null,
  pending: [],
  link: "connecting",
  typingUntil: 0,
  isOpen: false,
  unread: 0,
  form: { busy: null, problem: null },
  rating: { busy: null, failed: false },
};

export function reduce(state: State, event: StateEvent): State {
  switch (event.on) {
    case "started": {
      const { widget, visitor, news } = event.started;
      const { introduced, consented } = visitor;
      return withNews({ ...state, at: "ready", widget, introduced, consented }, news, false);
    }
    case "gone":
      return { ...state, at: "gone" };
    case "news":
      return withNews(state, event.news, true);
    case "acted":
      return withAct(state, event.act, event.at);
    case "pending":
      return { ...state, pending: event.pending };
    case "answered":
      return withAnswer(state, event.id, event.outcome);
    case "link":
      return { ...state, link: event.link };
    case "typing":
      return { ...state, typingUntil: event.at + TYPING_MS };
    case "typed":
      return { ...state, typingUntil: 0 };
    case "shown":
      return { ...state, isOpen: event.isOpen, unread: event.isOpen ? 0 : state.unread };
    default:
      return event satisfies never;
  }
}

/** What came while nobody looked is unread, but for what was there when the page opened. */
function withNews(state: State, news: News, counts: boolean): State {
  const items = news.reset ? news.items : [...state.items, ...news.items];
  const heard = news.items.filter((item) => item.kind === "message" && item.from.who !== "visitor");
  const came = counts && !state.isOpen && !news.reset ? heard.length : 0;
  const arrived = new Set(items.flatMap((item) => (item.kind === "message" ? (item.id ?? []) : [])));
  return {
    ...state,
    items,
    chat: news.state,
    pending: state.pending.filter(({ id }) => !arrived.has(id)),
    unread: state.unread + came,
    typingUntil: heard.length > 0 ? 0 : state.typingUntil,
  };
}

function withAct(state: State, act: Act, at: number): State {
  switch (act.type) {
    case "message": {
      const { id, text, files } = act;
      const kept = state.pending.filter((one) => one.id !== id);
      return { ...state, pending: [...kept, { id, text, at, refused: null, files }] };
    }
    case "introduce":
      return { ...state, form: { busy: act.id, problem: null } };
    case "rate":
      return { ...state, rating: { busy: act.id, failed: false } };
    default:
      return act satisfies never;
  }
}

function withAnswer(state: State, id: string, outcome: Outcome): State {
  const refused = outcome.outcome === "refused" ? outcome : null;
  if (id === state.form.busy) {
    if (refused !== null) return { ...state, form: { busy: null, problem: refused } };
    const known = { introduced: true, consented: state.consented || state.widget?.consent != null };
    return { ...state, ...known, form: { busy: null, problem: null } };
  }
  if (id === state.rating.busy) return { ...state, rating: { busy: null, failed: refused !== null } };
  if (refused === null) return state;
  const mark = (one: Pending) => (one.id === id ? { ...one, refused } : one);
  return { ...state, pending: state.pending.map(mark) };
}
