/** The chat in its frame: one state, one way to change it, and what follows from it. */

import { render } from "preact";
import { browserEnvironment } from "../client/environment.ts";
import type { FrameSays, ToFrame } from "./core/messages.ts";
import type { Act, Introduction, Refusal } from "./core/protocol.ts";
import { readableOn } from "./core/color.ts";
import { hasFiles, newestReceived, wanted } from "./core/select.ts";
import { initial, reduce, TYPING_MS, type Pending, type State, type StateEvent } from "./core/state.ts";
import type { Around } from "./files/part.ts";
import { en } from "./i18n/en.ts";
import { ru } from "./i18n/ru.ts";
import { Link, type Reply, type Way } from "./net/link.ts";
import "./style/frame.css";
import { App } from "./view/App.tsx";

const TYPING_EVERY_MS = 2_500;
/** A script of its own; where it does not come, files keep their names. */
const FILES_PART = "/widget-files.js";

type FilesPart = typeof import("./files/part.ts");

const channel = location.pathname.split("/")[2] ?? "";
const site = decodeURIComponent(location.hash.slice(1));
const way: Way = { ...browserEnvironment(), post };
let state: State = initial;
let words = en;
let link: Link | null = null;
let said = "";
let typedAt = 0;
let marked = "";
/** The question of a form that is on its way. */
let asked = "";
let filesPart: Promise<FilesPart | null> | null = null;
let filesTries = 0;

/** To the page around us, and to no other: it said where it is from, and the browser checks it. */
function tell(message: FrameSays): void {
  parent.postMessage({ switchboard: 1, ...message }, site);
}

function emit(event: StateEvent): void {
  const before = state;
  state = reduce(state, event);
  render(<App state={state} words={words} actions={actions} />, document.body);
  if (state.items.some(hasFiles)) void loadFiles().then((part) => part?.show(state.items, around));
  if (isLonger(before, state)) showNewest();
  // What one writes into has changed under the visitor's hands.
  if (state.isOpen && wanted(before) !== wanted(state)) focusFirst();
  if (state.unread !== before.unread) tell({ say: "unread", count: state.unread });
  mark();
  listen();
}

function isLonger(before: State, after: State): boolean {
  const length = ({ items, pending, typingUntil }: State) =>
    items.length + pending.length + (typingUntil > 0 ? 1 : 0);
  return length(before) !== length(after) || (after.isOpen && !before.isOpen);
}

function showNewest(): void {
  const log = document.querySelector(".log");
  log?.scrollTo({ top: log.scrollHeight });
}

function focusFirst(): void {
  document.querySelector<HTMLElement>("[data-first='true']")?.focus();
}

const actions = {
  write: (text: string) => act({ type: "message", id: way.uuid(), text }),
  again({ id, text, files, chosen }: Pending) {
    if (!chosen) return act({ type: "message", id, text, files });
    emit({ on: "pending", pending: state.pending.filter((one) => one.id !== id) });
    void actions.attach(chosen);
  },
  /** Files wait in their place, to be tried again, when the script that sends them does not come. */
  async attach(chosen: File[]) {
    const part = await loadFiles();
    if (part) return part.send(chosen, around);
    const text = chosen.map(({ name }) => name).join();
    const refused: Refusal = { code: "unavailable" };
    const unsent = { id: way.uuid(), text, at: way.now(), refused, chosen };
    emit({ on: "pending", pending: [...state.pending, unsent] });
  },
  rate: (value: number) => act({ type: "rate", id: way.uuid(), value }),
  introduce({ question, ...form }: Introduction & { question: string }) {
    asked = question;
    act({ type: "introduce", id: way.uuid(), ...form });
  },
  type() {
    if (way.now() - typedAt < TYPING_EVERY_MS || state.chat?.phase === "idle") return;
    typedAt = way.now();
    link?.mention({ type: "typing" });
  },
  close: () => tell({ say: "close" }),
};

const around: Around = {
  language: () => (words === ru ? "ru" : "en"),
  bearer: () => link?.bearer ?? "",
  send: (files) => act({ type: "message", id: way.uuid(), text: "", files }),
};

/** Most visitors never send a file or get one. What did not come is asked for under another name: it is
 *  remembered as missing. */
function loadFiles(): Promise<FilesPart | null> {
  return (filesPart ??= import(/* @vite-ignore */ `${FILES_PART}?${filesTries++}`).catch(() => {
    filesPart = null;
    return null;
  }));
}

function act(what: Act): void {
  emit({ on: "acted", act: what, at: way.now() });
  link?.act(what);
}

/** What has come is delivered; what stands before the visitor's eyes is read. */
function mark(): void {
  const newest = newestReceived(state);
  if (newest === null) return;
  const how = state.isOpen && document.visibilityState === "visible" ? "read" : "delivered";
  const { conversation, n } = newest;
  const mention = `${conversation} ${n} ${how}`;
  if (mention === marked || marked === `${conversation} ${n} read`) return;
  marked = mention;
  link?.mention({ type: "received", conversation, up_to: n, how });
}

/** A page that only shows a closed button listens to nothing, unless its visitor has a chat. */
function listen(): void {
  const hasChat = state.items.length > 0 || state.pending.length > 0;
  link?.listen(state.isOpen || hasChat, document.visibilityState !== "visible");
}

async function post(path: string, body: unknown): Promise<Reply> {
  try {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
  } catch {
    return { status: 0, body: null };
  }
}

function begin(start: Extract<ToFrame, { say: "start" }>): void {
  words = start.language === "ru" ? ru : en;
  document.documentElement.lang = start.language;
  const { token, user, signature } = start;
  link = new Link(way, location.origin, channel, { site, token, user, signature }, {
    started(started) {
      const { color, side, theme } = started.widget.look;
      const root = document.documentElement;
      root.dataset["theme"] = theme;
      root.style.setProperty("--color", color);
      const ink = readableOn(color);
      root.style.setProperty("--on-color", ink);
      document.title = started.widget.title;
      emit({ on: "started", started });
      tell({ say: "look", color, ink, side });
      if (started.visitor.vouched === false) tell({ say: "not_vouched" });
    },
    gone: () => emit({ on: "gone" }),
    news: (news) => emit({ on: "news", news }),
    answered(id, outcome) {
      emit({ on: "answered", id, outcome });
      sendAgain();
    },
    typing() {
      emit({ on: "typing", at: way.now() });
      way.setTimer(() => {
        if (state.typingUntil !== 0 && state.typingUntil <= way.now()) emit({ on: "typed" });
      }, TYPING_MS);
    },
    link: (to) => emit({ on: "link", link: to }),
    token: (kept) => tell({ say: "token", token: kept }),
  });
}

/** What waited for a form goes out once the form is filled in. */
function sendAgain(): void {
  if (wanted(state) !== null) return;
  if (asked !== "") actions.write(asked);
  asked = "";
  for (const pending of state.pending) {
    const { refused } = pending;
    if (refused?.code === "form_needed" || refused?.code === "consent_needed") {
      actions.again(pending);
    }
  }
}

window.addEventListener("message", (event) => {
  if (event.source !== parent || event.origin !== site) return;
  const message = event.data as ToFrame | null;
  if (message?.switchboard !== 1) return;
  if (message.say === "start" && said === "") {
    said = "start";
    begin(message);
  } else if (message.say === "shown") {
    emit({ on: "shown", isOpen: message.open });
    if (message.open) focusFirst();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") actions.close();
});
document.addEventListener("visibilitychange", () => {
  mark();
  listen();
});
tell({ say: "ready" });
