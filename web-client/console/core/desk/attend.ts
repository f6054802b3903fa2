/** What a frame calls the person for: sounds, alarms, what comes back, what colleagues say. */

import type { ConversationId, Entry, Event, Row, ServerFrame } from "../../../client/index.ts";
import { isHeldByMe, myOffer } from "../select.ts";
import type { State } from "../state.ts";
import { answered, raised, type Raised } from "./alarms.ts";
import { handoverIn } from "./handover.ts";
import { rung, type RingKind } from "./ring.ts";
import type { Work } from "./work.ts";

/** The server ends a hold at its time; so near to it, that is why it ended. */
const HOLD_END_SLACK_MS = 3_000;

/** `before` and `after` are what was known before the frame and what is known with it. */
export function attended(before: State, after: State, frame: ServerFrame, at: number): State {
  switch (frame.type) {
    case "snapshot":
      return { ...after, work: withRows(after.work, before, after, frame.rows, at) };
    case "events":
      return { ...after, work: withEvents(after.work, before, after, frame.events, at) };
    case "welcome":
    case "typing":
    case "caught_up":
    case "result":
    case "beat":
    case "reconnect":
    case "error":
      return after;
    default:
      return frame satisfies never;
  }
}

/** A snapshot tells of no alarms: those that it does not speak of are over. */
function withRows(work: Work, before: State, after: State, rows: readonly Row[], at: number): Work {
  const isKnown = ({ alarm }: Raised) =>
    alarm.kind !== "answer_late" || alarm.conversation in after.rows;
  const alarms = rows.reduce(answered, work.alarms.filter(isKnown));
  return rows.reduce((next, row) => offered(next, before, after, row, at), { ...work, alarms });
}

function withEvents(
  work: Work,
  before: State,
  after: State,
  events: readonly Event[],
  at: number,
): Work {
  return events.reduce((next, event) => withEvent(next, before, after, event, at), work);
}

function withEvent(work: Work, before: State, after: State, event: Event, at: number): Work {
  switch (event.kind) {
    case "row": {
      const { row } = event;
      const alarms = answered(work.alarms, row);
      const chosen = row.state === "closed" ? unchosen(work, row.conversation) : work.chosen;
      const next = returned({ ...work, alarms, chosen }, before, after, row, at);
      return offered(next, before, after, row, at);
    }
    case "gone":
      return forgotten(work, event.conversation);
    case "entry":
      return withEntry(work, before, after, event.conversation, event.entry, at);
    case "alarm": {
      const alarms = raised(work.alarms, event.line, event.alarm, event.at);
      return sounded({ ...work, alarms }, "alarm", at);
    }
    case "edited":
    case "delivery":
    case "file":
    case "reacted":
    case "deleted":
    case "corrected":
    case "line":
    case "channel":
    case "operator":
      return work;
    default:
      return event satisfies never;
  }
}

/** An offer that was not there before is heard. */
function offered(work: Work, before: State, after: State, row: Row, at: number): Work {
  const offer = myOffer(after, row);
  const known = before.rows[row.conversation];
  const isNew = offer !== null && (known && myOffer(after, known)?.offer) !== offer.offer;
  return isNew ? sounded(work, "offer", at) : work;
}

/** What I had put aside comes back when its time has come; what I took up myself needs no call. */
function returned(work: Work, before: State, after: State, row: Row, at: number): Work {
  const id = row.conversation;
  const until = before.rows[id]?.hold_until;
  const isUp = row.hold_until === undefined && isHeldByMe(after, row);
  const isDue = until !== undefined && Date.parse(until) - HOLD_END_SLACK_MS <= at + after.clockAheadMs;
  if (!isUp) return without(work, id);
  if (!isDue || work.back.includes(id)) return work;
  return sounded({ ...work, back: [...work.back, id] }, "offer", at);
}

function withEntry(
  work: Work,
  before: State,
  after: State,
  id: ConversationId,
  entry: Entry,
  at: number,
): Work {
  const isUnread = (after.unread[id] ?? 0) > (before.unread[id] ?? 0);
  const next = isUnread ? sounded(work, "message", at) : work;
  const handover = handoverIn(entry);
  return handover ? { ...next, handovers: { ...next.handovers, [id]: handover } } : next;
}

function forgotten(work: Work, id: ConversationId): Work {
  const alarms = work.alarms.filter(
    ({ alarm }) => alarm.kind !== "answer_late" || alarm.conversation !== id,
  );
  return { ...without(work, id), alarms, chosen: unchosen(work, id) };
}

/** Nothing more can be done with it. */
function unchosen({ chosen }: Work, id: ConversationId): Work["chosen"] {
  return chosen?.filter((one) => one !== id) ?? null;
}

function without(work: Work, id: ConversationId): Work {
  return work.back.includes(id) ? { ...work, back: work.back.filter((one) => one !== id) } : work;
}

function sounded(work: Work, kind: RingKind, at: number): Work {
  return { ...work, ring: rung(work.ring, kind, at) };
}
