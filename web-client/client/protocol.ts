/**
 * The frames between a program and an operator session, word for word those of `src/protocol.rs`.
 *
 * `docs/PROTOCOL.md` explains them. Holds types and the numbers of the protocol, nothing else.
 */

export const PROTOCOL_VERSION = 1;
export const TEXT_CHARS_MAX = 10_000;
export const REASON_CHARS_MAX = 200;

/** Close codes beyond those of RFC 6455. */
export const CLOSE_SIGNED_OUT = 4401;
export const CLOSE_SLOW = 4008;
export const CLOSE_TOO_MANY = 4029;

export type LineId = string;
export type ChannelId = string;
export type OperatorId = string;
export type ConversationId = string;
/** A UUID. */
export type CommandId = string;
export type ShardId = number;
/** 1, 2, 3 and so on within a conversation. */
export type EntryNumber = number;
/** The number of an offer within a conversation. */
export type OfferId = number;
/** RFC 3339, in UTC. */
export type Timestamp = string;
/** `<shard>:<rest>`. Before the colon is the number of the shard; the rest is opaque. */
export type FeedPosition = string;

export type ClientFrame =
  | { type: "hello"; protocol: number; positions: FeedPosition[] }
  | { type: "ack"; positions: FeedPosition[] }
  | { type: "watch"; conversation: ConversationId | null }
  | CommandFrame;

/** A frame that is answered by a `result` with the same `cmd_id`. */
export type CommandFrame = Command & { cmd_id: CommandId };

export type Command =
  | { type: "accept"; conversation: ConversationId; offer: OfferId }
  | { type: "decline"; conversation: ConversationId; offer: OfferId; reason: string | null }
  | { type: "take"; conversation: ConversationId }
  | { type: "reply"; conversation: ConversationId; text: string }
  | { type: "note"; conversation: ConversationId; text: string }
  | { type: "finish"; conversation: ConversationId }
  | { type: "set_status"; status: Status };

export type ServerFrame =
  | { type: "welcome"; protocol: number; me: Me; beat_seconds: number; now: Timestamp }
  | {
      type: "snapshot";
      positions: FeedPosition[];
      lines: LineView[];
      channels: ChannelView[];
      operators: OperatorView[];
      rows: Row[];
    }
  | { type: "events"; shard: ShardId; from: FeedPosition; to: FeedPosition; events: Event[] }
  | { type: "caught_up" }
  | ({ type: "result"; cmd_id: CommandId } & Outcome)
  | { type: "beat"; positions: FeedPosition[]; now: Timestamp }
  | { type: "reconnect"; after_ms: number }
  | { type: "error"; code: ErrorCode; message: string };

export type Event =
  | { kind: "row"; row: Row }
  | { kind: "gone"; conversation: ConversationId }
  | { kind: "entry"; conversation: ConversationId; entry: Entry }
  | {
      kind: "edited";
      conversation: ConversationId;
      external_id: string;
      text: string;
      at: Timestamp;
    }
  | {
      kind: "delivery";
      conversation: ConversationId;
      entry: EntryNumber;
      delivery: DeliveryState;
    }
  | { kind: "line"; line: LineView }
  | { kind: "channel"; channel: ChannelView }
  | { kind: "operator"; operator: OperatorView };

export type Outcome =
  | { outcome: "done" }
  | { outcome: "repeated" }
  | ({ outcome: "refused"; message: string } & CommandRefusal);

export type CommandRefusal =
  | { code: "no_longer_yours"; holder: OperatorId | null }
  | { code: "not_yours"; holder: OperatorId | null }
  | { code: "closed" }
  | { code: "full" }
  | { code: "not_now" }
  | { code: "forbidden" }
  | { code: "unknown_conversation" }
  | { code: "bad_value"; field: string }
  | { code: "too_fast" }
  | { code: "unavailable" };

export type ErrorCode = "bad_frame" | "unknown_type" | "hello_expected" | "protocol_version";

export type Role = "operator" | "supervisor" | "administrator";
export type Status = "available" | "busy" | "away";

export type Me = {
  id: OperatorId;
  name: string;
  role: Role;
  status: Status;
  queues: LineId[];
  supervises: LineId[];
};

export type LineView = { id: LineId; name: string; active: boolean };
export type ChannelView = { id: ChannelId; name: string; platform: string; line: LineId };
export type OperatorView = {
  id: OperatorId;
  name: string;
  role: Role;
  status: Status;
  enabled: boolean;
};

export type RowState = "waiting" | "offered" | "active" | "closing" | "closed";

export type Row = {
  conversation: ConversationId;
  line: LineId;
  channel: ChannelId;
  customer_name: string;
  state: RowState;
  operator: OperatorId | null;
  offers: RowOffer[];
  held: OperatorId[];
  unanswered: boolean;
  waiting_since: Timestamp | null;
  started_at: Timestamp;
  updated_at: Timestamp;
  preview: string;
  /** What came instead of text: `location`, `photo` and the like. */
  preview_kind: string | null;
  last_entry: EntryNumber;
};

export type RowOffer = { operator: OperatorId; offer: OfferId; until: Timestamp };

export type Entry = { n: EntryNumber; at: Timestamp; author: Author; body: Body };

export type Author =
  | { kind: "customer" }
  | { kind: "operator"; id: OperatorId }
  | { kind: "line" };

export type Body =
  | ({ kind: "message" } & Message)
  | { kind: "note"; text: string }
  | ({ kind: "fact" } & Fact);

export type Message = {
  text: string;
  attachments?: Attachment[];
  external_id?: string;
  reply_to?: string;
  platform_at?: Timestamp;
  delivery?: DeliveryState;
  edited_at?: Timestamp;
};

export type Attachment =
  | { kind: "contact"; name: string; phone: string; own: boolean }
  | { kind: "location"; latitude: number; longitude: number; title?: string }
  | { kind: "sticker"; emoji: string }
  | { kind: "file"; what: string; name?: string; size_bytes?: number; external_id?: string }
  | { kind: "other"; what: string };

export type DeliveryState =
  | { state: "pending" }
  | { state: "sent" }
  | { state: "delivered" }
  | { state: "read" }
  | { state: "failed"; reason: string }
  | { state: "unconfirmed" };

export type Fact =
  | {
      fact: "routed";
      round: number;
      offer: OfferId | null;
      operators: OperatorId[];
      until: Timestamp | null;
      explanation: Explanation;
    }
  | { fact: "accepted"; operator: OperatorId }
  | { fact: "declined"; operator: OperatorId; reason: string | null }
  | { fact: "missed"; operators: OperatorId[] }
  | { fact: "left"; operator: OperatorId }
  | { fact: "taken"; operator: OperatorId }
  | { fact: "round_exhausted"; round: number }
  | { fact: "finished"; operator: OperatorId }
  | { fact: "reopened"; operator: OperatorId }
  | { fact: "closed" }
  | { fact: "customer_unreachable"; reason: string }
  | { fact: "customer_reachable" };

export type QueueMode = "evenly" | "strictly" | "all";

export type Explanation = { mode: QueueMode; candidates: Candidate[]; others?: Counts };

export type Candidate = { operator: OperatorId; reason: Reason };

export type Reason =
  | { why: "fewest_received"; received: number }
  | { why: "first_in_order"; place: number }
  | { why: "everybody" }
  | { why: "declined"; at: Timestamp }
  | { why: "missed"; at: Timestamp }
  | { why: "unavailable" }
  | { why: "at_capacity"; load: number; capacity: number };

export type Counts = { eligible: number; unavailable: number; at_capacity: number };

/** One frame of each kind, as the server's tests write them. */
export type Samples = { [T in ServerFrame["type"]]: Extract<ServerFrame, { type: T }> };
/** One event of each kind. */
export type EventSamples = { [K in Event["kind"]]: Extract<Event, { kind: K }> };
/** One frame of each kind, for the server's tests to read. */
export type ClientSamples = { [T in ClientFrame["type"]]: Extract<ClientFrame, { type: T }> };
