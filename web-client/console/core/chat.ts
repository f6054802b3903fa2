/** The open chat: its entries as they come, in the order of their numbers, each once. */

import type { ConversationId, Entry, Event, FileCopy, Row } from "../../client/index.ts";
import type { KeptDraft } from "./desk/drafts.ts";

export type Chat = {
  conversation: ConversationId;
  /** Which request for the entries is meant; a later one makes an earlier answer void. */
  request: number;
  isLoading: boolean;
  failed: "not_allowed" | "unreachable" | null;
  /** As last seen, for when it is in no list of ours any more. */
  row: Row | null;
  isGone: boolean;
  entries: readonly Entry[];
  /** What came while the entries were on their way; it is applied after them. */
  early: readonly Event[];
  /** What whoever had it was just writing, when it was read. */
  draft: KeptDraft | null;
  /** When the customer last wrote, where that decides for how long he may be written to. */
  heardAt: string | null;
  /** The conversation from which this one was looked up. */
  from: ConversationId | null;
};

/** The answer of `GET /api/v1/conversations/{id}`. */
export type Transcript = {
  row: Row;
  entries: Entry[];
  position: string;
  draft: KeptDraft | null;
  heard_at?: string | null;
};

export function emptyChat(conversation: ConversationId, request: number): Chat {
  return {
    conversation,
    request,
    isLoading: true,
    failed: null,
    row: null,
    isGone: false,
    entries: [],
    early: [],
    draft: null,
    heardAt: null,
    from: null,
  };
}

export function loaded(chat: Chat, transcript: Transcript): Chat {
  const fresh: Chat = {
    ...chat,
    isLoading: false,
    failed: null,
    row: transcript.row,
    entries: [...transcript.entries].sort((a, b) => a.n - b.n),
    early: [],
    draft: transcript.draft,
    heardAt: transcript.heard_at ?? null,
  };
  return chat.early.reduce(applied, fresh);
}

/** The chat after an event of the feed; events of other conversations leave it as it is. */
export function withEvent(chat: Chat | null, event: Event): Chat | null {
  if (chat === null || conversationOf(event) !== chat.conversation) return chat;
  const next = applied(chat, event);
  return chat.isLoading ? { ...next, early: [...chat.early, event] } : next;
}

function applied(chat: Chat, event: Event): Chat {
  switch (event.kind) {
    case "row":
      return { ...chat, row: event.row, isGone: false };
    case "gone":
      return { ...chat, isGone: true };
    case "entry":
      return heard({ ...chat, entries: inserted(chat.entries, event.entry) }, event.entry);
    case "edited":
      return edited(chat, isMessage(event.external_id), event.text, event.at);
    case "corrected":
      return corrected(chat, event);
    case "delivery":
      return changed(chat, (entry) => entry.n === event.entry, { delivery: event.delivery });
    case "file":
      return copied(chat, event.entry, event.attachment, event.copy);
    case "reacted":
      return changed(chat, isMessage(event.external_id), { reaction: event.reaction });
    case "deleted":
      return event.external_ids.reduce(
        (left, id) => changed(left, isMessage(id), { deleted_at: event.at }),
        chat,
      );
    case "line":
    case "channel":
    case "operator":
    case "alarm":
      return chat;
    default:
      return event satisfies never;
  }
}

function heard(chat: Chat, { at, author, body }: Entry): Chat {
  const isHeard = author.kind === "customer" && body.kind === "message";
  return isHeard ? { ...chat, heardAt: at } : chat;
}

function inserted(entries: readonly Entry[], entry: Entry): readonly Entry[] {
  if (entries.some((known) => known.n === entry.n)) return entries;
  const before = entries.filter((known) => known.n < entry.n);
  return [...before, entry, ...entries.slice(before.length)];
}

/** As the hub keeps it: the first words and the newest, where there are many. */
const EARLIER_MAX = 20;

type IsIt = (entry: Entry) => boolean;

function corrected(chat: Chat, event: Extract<Event, { kind: "corrected" }>): Chat {
  const isIt: IsIt = ({ n }) => n === event.entry;
  const { correction, at } = event;
  switch (event.state) {
    case "pending":
      return changed(chat, isIt, { correction });
    case "failed":
      return changed(chat, isIt, { correction: { ...correction, failed: event.reason } });
    case "done": {
      const open = changed(chat, isIt, { correction: undefined });
      return correction.what === "edit"
        ? edited(open, isIt, correction.text, at)
        : changed(open, isIt, { deleted_at: at });
    }
    default:
      return event satisfies never;
  }
}

function edited(chat: Chat, isIt: IsIt, text: string, at: string): Chat {
  const entries = chat.entries.map((entry) => {
    if (!isIt(entry) || entry.body.kind !== "message") return entry;
    const { deleted_at: _undone, earlier = [], ...body } = entry.body;
    const kept = earlier.length < EARLIER_MAX ? earlier : [...earlier.slice(0, 1), ...earlier.slice(2)];
    const before = body.text === text ? earlier : [...kept, { text: body.text, until: at }];
    const versions = before.length > 0 ? { earlier: before } : {};
    return { ...entry, body: { ...body, ...versions, text, edited_at: at } };
  });
  return { ...chat, entries };
}

function isMessage(externalId: string): IsIt {
  return ({ body }) => body.kind === "message" && body.external_id === externalId;
}

function copied(chat: Chat, n: number, index: number, copy: FileCopy): Chat {
  const entries = chat.entries.map((entry) => {
    if (entry.n !== n || entry.body.kind !== "message") return entry;
    const attachments = entry.body.attachments?.map((attachment, at) =>
      at === index && attachment.kind === "file" ? { ...attachment, copy } : attachment,
    );
    return attachments ? { ...entry, body: { ...entry.body, attachments } } : entry;
  });
  return { ...chat, entries };
}

function changed(chat: Chat, isIt: IsIt, change: object): Chat {
  const entries = chat.entries.map((entry) =>
    isIt(entry) && entry.body.kind === "message"
      ? { ...entry, body: { ...entry.body, ...change } }
      : entry,
  );
  return { ...chat, entries };
}

function conversationOf(event: Event): ConversationId | null {
  switch (event.kind) {
    case "row":
      return event.row.conversation;
    case "gone":
    case "entry":
    case "edited":
    case "delivery":
    case "file":
    case "reacted":
    case "deleted":
    case "corrected":
      return event.conversation;
    case "line":
    case "channel":
    case "operator":
    case "alarm":
      return null;
    default:
      return event satisfies never;
  }
}
