/** The shell: one state, one way to change it, and what follows from it. */

import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { readyFiles } from "./core/desk/uploads.ts";
import { begun } from "./core/desk/drafts.ts";
import { EMPTY_DRAFT, initial } from "./core/state.ts";
import { languageFor, languages } from "./i18n/words.ts";
import { followAttention } from "./net/attention.ts";
import { cardActions, followCard } from "./net/card.ts";
import { channelActions, followChannels } from "./net/channels.ts";
import { keepDrafts } from "./net/drafts.ts";
import { emitInto, enter, setUp, signIn } from "./net/gate.ts";
import { followLines, lineActions } from "./net/lines.ts";
import { followPlace, leaveActions, leaveAndSignOut } from "./net/places.ts";
import { save, savedLanguage, savedSound } from "./net/preferences.ts";
import { followDesk } from "./net/socket.ts";
import { followTrial } from "./net/trial.ts";
import { uploadActions } from "./net/uploads.ts";
import { followTargets, workActions } from "./net/work.ts";
import "./style/base.css";
import { App } from "./view/App.tsx";
import type { Actions } from "./view/desk.ts";

const language = savedLanguage() ?? languageFor(navigator.languages);
const state = signal({ ...initial, language, sound: savedSound() });
const now = signal(Date.now());
const emit = emitInto(state);
const socket = followDesk(state, emit);
followAttention(state);
followCard(state, emit);
followTargets(state, emit);
const keepDraftsNow = keepDrafts(state, socket);
followPlace(state, emit);
followLines(state, emit);
followChannels(state, emit);
followTrial(state, emit);

const actions: Actions = {
  signIn: (login, password) => void signIn(emit, login, password),
  setUp: (form) => void setUp(emit, form),
  signOut: () => leaveAndSignOut(state, emit),
  open: (conversation) => emit({ on: "opened", conversation }),
  reloadChat: () => emit({ on: "chat_stale" }),
  accept(conversation, offer) {
    socket.command({ type: "accept", conversation, offer });
    emit({ on: "opened", conversation });
  },
  decline(conversation, offer, reason) {
    socket.command({ type: "decline", conversation, offer, reason: reason || null });
  },
  take(conversation) {
    socket.command({ type: "take", conversation });
    emit({ on: "opened", conversation });
  },
  send(conversation, text, isNote) {
    if (isNote) socket.command({ type: "note", conversation, text });
    else socket.command({ type: "reply", conversation, text, files: readyFiles(state.peek(), conversation) });
  },
  sendAgain: (conversation, entry) => socket.command({ type: "send_again", conversation, entry }),
  beginEdit(conversation, entry, text) {
    const before = begun(state.peek().drafts[conversation]) ?? EMPTY_DRAFT;
    const draft = { text, isNote: false, edits: { entry, before } };
    emit({ on: "drafted", conversation, draft });
  },
  endEdit(conversation) {
    const draft = begun(state.peek().drafts[conversation]) ?? EMPTY_DRAFT;
    emit({ on: "drafted", conversation, draft });
  },
  edit: (conversation, entry, text) =>
    socket.command({ type: "edit", conversation, entry, text }),
  remove: (conversation, entry) => socket.command({ type: "delete", conversation, entry }),
  ...uploadActions(state, emit),
  setStatus: (status, reason) => socket.command({ type: "set_status", status, reason }),
  draft: (conversation, draft) => emit({ on: "drafted", conversation, draft }),
  readNotice: () => emit({ on: "notice_read" }),
  tryNow: () => socket.tryNow(),
  reloadPage: () => location.reload(),
  chooseLanguage: (chosen) => emit({ on: "language", language: chosen }),
  setSound: (sound) => emit({ on: "sound", sound }),
  work: workActions(state, emit, socket, keepDraftsNow),
  card: cardActions(state, emit),
  lines: { ...lineActions(state, emit), ...leaveActions(state, emit) },
  channels: channelActions(state, emit),
};

function Root() {
  const words = languages[state.value.language];
  return <App desk={{ state: state.value, words, now, actions }} />;
}

effect(() => {
  document.documentElement.lang = state.value.language;
  save(state.value.language, state.value.sound);
});
setInterval(() => {
  now.value = Date.now() + state.peek().clockAheadMs;
}, 1_000);
document.addEventListener("visibilitychange", () => {
  emit({ on: "page_visible", isPageVisible: document.visibilityState === "visible" });
});
render(<Root />, document.getElementById("app")!);
void enter(emit);
