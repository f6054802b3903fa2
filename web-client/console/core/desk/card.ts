/** The customer's card beside the open chat. */

import type {
  ChannelId,
  ConversationId,
  CustomerId,
  LineId,
  Me,
  OperatorId,
  Row,
  RowState,
  Timestamp,
} from "../../../client/index.ts";
import { mayChangeCustomer } from "./rights.ts";

/** The answer of `GET /api/v1/customers/{id}`: a person with all his cards as one. */
export type Customer = {
  /** That of the card under which his others are merged. */
  id: CustomerId;
  /** Sent back with a change. */
  version: number;
  name: string;
  surname: string;
  note: string;
  identities: { channel: ChannelId; external: string; name: string }[];
  phones: Contact[];
  emails: Contact[];
  /** Who owns him as a contact. */
  responsible: OperatorId | null;
  /** Who is asked first: the responsible, else that of his newest open lead. */
  owner: OperatorId | null;
  lead: { id: string; status: LeadStatus; responsible: OperatorId | null } | null;
  blocked: { by: OperatorId; at: Timestamp } | null;
  /** Whom he says to be, by a contact that he only typed. */
  claims: Claim | null;
  open: OpenElsewhere[];
  /** The newest ones. */
  conversations: PastConversation[];
  merged: { customer: CustomerId; name: string; at: Timestamp }[];
};

export type ContactKind = "phone" | "email";
export type Contact = { value: string; standing: "claimed" | "verified" | "rejected" };
export type LeadStatus = "open" | "junk" | "closed";

export type Claim = {
  customer: CustomerId;
  name: string;
  kind: ContactKind;
  value: string;
  /** Who owns that customer. */
  responsible: OperatorId | null;
};

export type OpenElsewhere = {
  conversation: ConversationId;
  line: LineId;
  channel: ChannelId;
  operator: OperatorId | null;
};

export type PastConversation = {
  conversation: ConversationId;
  line: LineId;
  channel: ChannelId;
  state: RowState;
  operator: OperatorId | null;
  started_at: Timestamp;
};

/** What of a card can be written. */
export type CardFields = Pick<Customer, "name" | "surname" | "note" | "responsible">;

export type Card = {
  customer: CustomerId;
  /** Which request is meant; a later one makes an earlier answer void. */
  request: number;
  isLoading: boolean;
  failed: "not_allowed" | "unreachable" | null;
  /** Something has happened since; it is to be read again in a moment. */
  isStale: boolean;
  value: Customer | null;
  /** The fields that have been touched; null: nobody is writing. */
  edits: Partial<CardFields> | null;
  isBusy: boolean;
  problem: CardProblem | null;
};

export type CardProblem =
  /** Somebody else changed it meanwhile; his change is on the card now, beneath what one wrote. */
  | { why: "stale" }
  | { why: "invalid"; field: string; allowed: string }
  | { why: "no_leads" }
  | { why: "not_allowed" }
  | { why: "unreachable" };

export type CardEvent =
  | { kind: "read"; request: number; value: Customer }
  | { kind: "not_read"; request: number; failed: "not_allowed" | "unreachable" }
  | { kind: "edited"; edits: Partial<CardFields> | null }
  /** A change is on its way. */
  | { kind: "submitted" }
  /** What was written in the form is on the card. */
  | { kind: "saved" }
  /** Something else of it has changed. */
  | { kind: "changed" }
  /** Nothing has; something more is to be asked first. */
  | { kind: "idle" }
  | { kind: "not_changed"; problem: CardProblem };

export function blankCard(customer: CustomerId, request: number): Card {
  return {
    customer,
    request,
    isLoading: true,
    failed: null,
    isStale: false,
    value: null,
    edits: null,
    isBusy: false,
    problem: null,
  };
}

/** Reads it anew; what is at hand stays on the screen meanwhile. */
export function readAgain(card: Card, request: number): Card {
  return { ...card, request, isLoading: true, isStale: false };
}

/** `request` is that of the next reading, should one be needed. */
export function withCard(card: Card | null, event: CardEvent, request: number): Card | null {
  if (card === null) return null;
  switch (event.kind) {
    case "read":
      if (card.request !== event.request) return card;
      return { ...card, isLoading: false, failed: null, isBusy: false, value: event.value };
    case "not_read":
      if (card.request !== event.request) return card;
      return { ...card, isLoading: false, isBusy: false, failed: event.failed };
    case "edited":
      return { ...card, edits: event.edits, problem: null };
    case "submitted":
      return { ...card, isBusy: true, problem: null };
    case "saved":
      return { ...readAgain(card, request), edits: null };
    case "changed":
      return readAgain(card, request);
    case "idle":
      return { ...card, isBusy: false };
    case "not_changed": {
      const { problem } = event;
      const next = { ...card, isBusy: false, problem };
      return problem.why === "stale" ? readAgain(next, request) : next;
    }
    default:
      return event satisfies never;
  }
}

/** What the form shows: what was touched, over what the card says now. */
export function cardFields(card: Card): CardFields | null {
  if (card.value === null) return null;
  const { name, surname, note, responsible } = card.value;
  return { name, surname, note, responsible, ...card.edits };
}

/** The customer's other conversations that somebody has, or is looked for. */
export function elsewhere(card: Card, conversation: ConversationId): OpenElsewhere[] {
  return card.value?.open.filter((open) => open.conversation !== conversation) ?? [];
}

/** Of whoever has none that is open, and is known. */
export function canMakeLead(me: Me | null, card: Card | null, row: Row): boolean {
  if (me === null || card === null || card.value === null || card.isBusy) return false;
  if (card.customer !== row.customer || card.value.lead?.status === "open") return false;
  return mayChangeCustomer(me, [row]);
}
