/** What every view of the desk is given: the state, the words, the time, and what can be done. */

import type { ReadonlySignal } from "@preact/signals";
import type {
  CloseReason,
  ConversationId,
  EntryNumber,
  OfferId,
  OperatorId,
  Row,
  RowState,
  Status,
} from "../../client/index.ts";
import type { Draft, Language, State } from "../core/state.ts";
import type { Words } from "../i18n/en.ts";
import type { WorkActions } from "./acts/actions.ts";
import type { CardActions } from "./card/actions.ts";
import type { ChannelActions } from "./channels/actions.ts";
import type { LineActions } from "./lines/actions.ts";

export type Desk = {
  state: State;
  words: Words;
  /** The server's time in milliseconds, moving every second. */
  now: ReadonlySignal<number>;
  actions: Actions;
};

export type Actions = {
  signIn(login: string, password: string): void;
  setUp(form: { token: string; login: string; name: string; password: string }): void;
  signOut(): void;
  open(conversation: ConversationId | null): void;
  reloadChat(): void;
  accept(conversation: ConversationId, offer: OfferId): void;
  decline(conversation: ConversationId, offer: OfferId, reason: string | null): void;
  take(conversation: ConversationId): void;
  send(conversation: ConversationId, text: string, isNote: boolean): void;
  sendAgain(conversation: ConversationId, entry: EntryNumber): void;
  /** Puts the text of a message of mine into the box. */
  beginEdit(conversation: ConversationId, entry: EntryNumber, text: string): void;
  endEdit(conversation: ConversationId): void;
  edit(conversation: ConversationId, entry: EntryNumber, text: string): void;
  remove(conversation: ConversationId, entry: EntryNumber): void;
  attach(conversation: ConversationId, files: readonly File[]): void;
  detach(conversation: ConversationId, key: number): void;
  setStatus(status: Status, reason: string | null): void;
  draft(conversation: ConversationId, draft: Draft): void;
  readNotice(): void;
  tryNow(): void;
  reloadPage(): void;
  chooseLanguage(language: Language): void;
  setSound(sound: boolean): void;
  work: WorkActions;
  card: CardActions;
  lines: LineActions;
  channels: ChannelActions;
};

export function personName({ state, words }: Desk, id: OperatorId): string {
  return state.operators[id]?.name ?? (state.me?.id === id ? state.me.name : words.unknownPerson);
}

export function lineName({ state, words }: Desk, id: string): string {
  return state.lines[id]?.name ?? words.unknownLine;
}

export function channelName({ state, words }: Desk, id: string): string {
  return state.channels[id]?.name ?? words.unknownChannel;
}

/** Where a conversation stands; if it is over, or about to be, and that is known: why. */
export function stateWords(
  { words }: Desk,
  { state, reason = null }: { state: RowState; reason?: CloseReason | null },
): string {
  if (state === "closed" && reason !== null) return words.badges.closed[reason.why];
  if (state === "closing" && reason?.why === "silence") return words.badges.closingSilence;
  return words.row.states[state];
}

/** Before whom it is put. */
export function offeredWords(desk: Desk, row: Row): string {
  const names = row.offers.map(({ operator }) => personName(desk, operator));
  return desk.words.row.offeredTo(names.join(", "));
}
