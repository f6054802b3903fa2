/**
 * The frames between a program and an operator session, word for word those of `src/protocol.rs`.
 *
 * `docs/PROTOCOL.md` explains them. Holds types and the numbers of the protocol, nothing else.
 */

export const PROTOCOL_VERSION = 1;
export const TEXT_CHARS_MAX = 10_000;
export const FILES_MAX = 10;
export const REASON_CHARS_MAX = 200;
export const COMMENT_CHARS_MAX = 2_000;
export const DRAFT_CHARS_MAX = 4_000;
export const STATUS_REASON_CHARS_MAX = 100;

/** Close codes beyond those of RFC 6455. */
export const CLOSE_SIGNED_OUT = 4401;
export const CLOSE_SLOW = 4008;
export const CLOSE_TOO_MANY = 4029;

export type LineId = string;
export type ChannelId = string;
export type OperatorId = string;
export type CustomerId = string;
export type ConversationId = string;
/** A UUID. */
export type CommandId = string;
export type ShardId = number;
/** 1, 2, 3 and so on within a conversation. */
export type EntryNumber = number;
/** The number of an offer within a conversation. */
export type OfferId = number;
export type FileId = string;
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
  /** `files`: uploaded for this conversation before; with them the text may be empty. */
  | { type: "reply"; conversation: ConversationId; text: string; files: FileId[] }
  | { type: "note"; conversation: ConversationId; text: string }
  /** Of a message that failed or is unconfirmed. */
  | { type: "send_again"; conversation: ConversationId; entry: EntryNumber }
  /** Of a message of one's own that was sent. */
  | { type: "edit"; conversation: ConversationId; entry: EntryNumber; text: string }
  | { type: "delete"; conversation: ConversationId; entry: EntryNumber }
  | { type: "take_over"; conversation: ConversationId }
  | {
      type: "transfer";
      conversation: ConversationId;
      to: TransferTo;
      comment: string | null;
      /** Also to somebody who is absent or full, or to a line that is closed. */
      confirmed: boolean;
    }
  | { type: "withdraw"; conversation: ConversationId }
  | { type: "invite"; conversation: ConversationId; operator: OperatorId }
  | { type: "join"; conversation: ConversationId }
  | { type: "leave"; conversation: ConversationId }
  /** Null: takes it up again. */
  | { type: "hold"; conversation: ConversationId; until: Timestamp | null }
  | { type: "topic"; conversation: ConversationId; topic: string | null }
  /** Empty: nothing. */
  | { type: "draft"; conversation: ConversationId; text: string }
  | { type: "finish"; conversation: ConversationId; silent: boolean }
  | { type: "spam"; conversation: ConversationId; block: boolean }
  | { type: "release"; conversation: ConversationId }
  | { type: "review"; conversation: ConversationId; stars: number; comment: string | null }
  | { type: "pick_up"; conversation: ConversationId }
  | { type: "set_status"; status: Status; reason: string | null };

export type TransferTo = { kind: "operator"; id: OperatorId } | { kind: "line"; id: LineId };

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
  /** The customer is writing; shown for a few seconds. */
  | { type: "typing"; conversation: ConversationId }
  | { type: "events"; shard: ShardId; from: FeedPosition; to: FeedPosition; events: Event[] }
  | { type: "caught_up" }
  | ({ type: "result"; cmd_id: CommandId } & Outcome)
  /** `memory_percent`: how much of its memory the store uses, for administrators once it is 60. */
  | { type: "beat"; positions: FeedPosition[]; now: Timestamp; memory_percent?: number }
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
  /** `attachment` counts those of the message from 0. */
  | {
      kind: "file";
      conversation: ConversationId;
      entry: EntryNumber;
      attachment: number;
      copy: FileCopy;
    }
  /** Empty: the customer took his signs back. */
  | { kind: "reacted"; conversation: ConversationId; external_id: string; reaction: string }
  /** Taken back on the platform; what stood there is kept. */
  | { kind: "deleted"; conversation: ConversationId; external_ids: string[]; at: Timestamp }
  /** The message stands as before until it is done. */
  | ({
      kind: "corrected";
      conversation: ConversationId;
      entry: EntryNumber;
      correction: Correction;
      at: Timestamp;
    } & CorrectionState)
  | { kind: "line"; line: LineView }
  | { kind: "channel"; channel: ChannelView }
  | { kind: "operator"; operator: OperatorView }
  | { kind: "alarm"; line: LineId; alarm: Alarm; at: Timestamp };

/** What an operator makes of a message of his. */
export type Correction = { what: "edit"; text: string } | { what: "delete" };
export type CorrectionState =
  | { state: "pending" }
  | { state: "done" }
  | { state: "failed"; reason: string };

export type Alarm =
  | { kind: "nobody_available" }
  | { kind: "answer_late"; conversation: ConversationId; operator: OperatorId };

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
  | { code: "topic_required" }
  | { code: "unknown_topic" }
  | { code: "same_operator" }
  | { code: "bad_time" }
  | { code: "too_many" }
  | { code: "forbidden" }
  | { code: "unknown_conversation" }
  | { code: "bad_value"; field: string }
  | { code: "too_fast" }
  | { code: "unavailable" }
  | { code: "confirm"; target: TargetState }
  | { code: "unknown_target" }
  | { code: "not_correctable"; why: NotCorrectable }
  | { code: "in_progress"; conversation: ConversationId };

/** Why a message cannot be edited or deleted. */
export type NotCorrectable =
  | "not_yours"
  | "deleted"
  | "pending"
  | "not_sent"
  | "platform"
  | "too_late"
  | "in_parts"
  | "with_files";

/** Why a target cannot take a conversation at once. */
export type TargetState = "absent" | "full" | "closed" | "inactive" | "nobody";

export type ErrorCode = "bad_frame" | "unknown_type" | "hello_expected" | "protocol_version";

export type Role = "operator" | "supervisor" | "administrator";
export type Status = "available" | "busy" | "away";

export type Me = {
  id: OperatorId;
  name: string;
  role: Role;
  status: Status;
  status_reason: string | null;
  /** He was set away because he missed offers, and has not set his status since. */
  set_away: boolean;
  queues: LineId[];
  supervises: LineId[];
};

export type LineView = {
  id: LineId;
  name: string;
  active: boolean;
  archived: boolean;
  topics: string[];
  topic_required: boolean;
};

export type ChannelView = {
  id: ChannelId;
  name: string;
  platform: string;
  line: LineId;
  /** What was sent there can be edited and deleted. */
  corrects: boolean;
  /** How long customers may be written to after their last message; left out: always. */
  window?: ReplyWindow;
};

/** `then`: what still goes when it is over: nothing, a text in an agreed template, or a person's answer
 *  for seven days in all. */
export type ReplyWindow = { hours: number; then: "nothing" | "template" | "human_agent" };

export type OperatorView = {
  id: OperatorId;
  name: string;
  role: Role;
  status: Status;
  status_reason: string | null;
  set_away: boolean;
  enabled: boolean;
};

export type RowState = "waiting" | "offered" | "active" | "closing" | "closed";

export type Row = {
  conversation: ConversationId;
  line: LineId;
  channel: ChannelId;
  /** Whose card it is; none: no customer of ours, yet. */
  customer?: CustomerId;
  customer_name: string;
  state: RowState;
  operator?: OperatorId;
  offers: RowOffer[];
  /** Who hands it to a colleague and may take that back. */
  handed_by?: OperatorId;
  /** Whose customer it is: he is not here, and may take it all the same. */
  listed_for?: OperatorId;
  held: OperatorId[];
  /** Who takes part beside the operator. */
  joined: OperatorId[];
  unanswered: boolean;
  waiting_since?: Timestamp;
  /** The customer has waited longer than the line allows. */
  late: boolean;
  /** The operator has put it aside until then. */
  hold_until?: Timestamp;
  topic?: string;
  rating?: RowRating;
  /** What a supervisor thinks of it, 1..5. */
  review?: number;
  /** Why it is closed, or is about to be. */
  reason?: CloseReason;
  /** The conversation before this one, or the part of this one in another line. */
  continues?: ConversationId;
  started_at: Timestamp;
  updated_at: Timestamp;
  preview: string;
  /** What came instead of text: `location`, `photo` and the like. */
  preview_kind?: string;
  last_entry: EntryNumber;
};

export type RowOffer = { operator: OperatorId; offer: OfferId; until: Timestamp; via: Via };

/** How a conversation comes to an operator. */
export type Via = "queue" | "responsible" | "known" | "transfer" | "hand" | "return";

/** `like`: 1 good, 0 bad; `stars`: 1..5. */
export type RatingScale = "like" | "stars";
export type RowRating = { scale: RatingScale; value: number };

export type CloseReason =
  | { why: "finished" }
  | { why: "silence" }
  | { why: "spam" }
  /** It goes on there. */
  | { why: "moved"; line: LineId; next: ConversationId }
  /** It holds what a blocked customer or a machine wrote, and was never open. */
  | { why: "unheard" };

export type Entry = { n: EntryNumber; at: Timestamp; author: Author; body: Body };

export type Author =
  | { kind: "customer" }
  | { kind: "operator"; id: OperatorId }
  /** Somebody of ours, on the platform itself: it does not say who. */
  | { kind: "elsewhere" }
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
  /** What stood there before, the oldest first. */
  earlier?: Earlier[];
  /** It was taken back on the platform then. */
  deleted_at?: Timestamp;
  /** What its author makes of it, while that has not come about. */
  correction?: Correction & { failed?: string };
  /** What the line said by itself; without: a person wrote it. */
  automatic?: TextKind;
  /** What the customer thinks of it, in signs such as 👍. */
  reaction?: string;
  /** Who wrote it, in a chat of several people. */
  writer?: string;
  /** Messages with the same word are shown as one. */
  album?: string;
  /** Why a message of the customer's opens nothing and moves nobody. */
  unheard?: Unheard;
};

/** What a message said until it was edited. */
export type Earlier = { text: string; until: Timestamp };

/** The kinds of automatic messages. */
export type TextKind =
  | "welcome"
  | "consent"
  | "off_hours"
  | "unanswered"
  | "closing"
  | "auto_close"
  | "rate_like"
  | "rate_stars";

export type Unheard = "automatic" | "blocked" | "unasked_rating";

export type Attachment =
  | { kind: "contact"; name: string; phone: string; own: boolean }
  | { kind: "location"; latitude: number; longitude: number; title?: string }
  | { kind: "sticker"; emoji: string }
  | {
      kind: "file";
      what: string;
      name?: string;
      size_bytes?: number;
      external_id?: string;
      /** Without: it stayed on the platform. */
      copy?: FileCopy;
    }
  | { kind: "other"; what: string };

export type FileCopy =
  | { state: "loading" }
  | { state: "stored"; file: StoredFile }
  | { state: "missing"; why: FileProblem };

/** Its bytes are at `/files/{conversation}/{id}`, its picture below that at `/picture`. */
export type StoredFile = {
  id: FileId;
  name: string;
  /** By its content. */
  media_type: string;
  size_bytes: number;
  /** Without: there is no picture of it. */
  picture?: { width: number; height: number };
};

export type FileProblem =
  | "too_large"
  | "too_many"
  | "empty"
  | "not_allowed"
  | "gone"
  | "unreachable";

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
      via: Via;
      offer: OfferId | null;
      operators: OperatorId[];
      /** The responsible who is not here and may take it all the same. */
      listed_for?: OperatorId;
      until: Timestamp | null;
      explanation: Explanation;
    }
  | { fact: "accepted"; operator: OperatorId }
  | { fact: "declined"; operator: OperatorId; reason: string | null }
  | { fact: "missed"; operators: OperatorId[] }
  | { fact: "left"; operator: OperatorId }
  | { fact: "taken"; operator: OperatorId }
  | { fact: "taken_over"; operator: OperatorId; from: OperatorId }
  | { fact: "picked_up"; operator: OperatorId }
  | { fact: "round_exhausted"; round: number }
  | {
      fact: "transferred";
      operator: OperatorId;
      to: OperatorId;
      offer: OfferId;
      until: Timestamp;
      comment: string | null;
    }
  | {
      fact: "transfer_ended";
      operator: OperatorId;
      to: OperatorId;
      how: TransferEnd;
      reason: string | null;
    }
  | {
      fact: "moved";
      operator: OperatorId;
      line: LineId;
      next: ConversationId;
      comment: string | null;
    }
  | { fact: "came_from"; operator: OperatorId; line: LineId; comment: string | null }
  /** `by`: the supervisor who did it. */
  | { fact: "routed_again"; from: OperatorId; why: RoutedAgainWhy; by?: OperatorId }
  | { fact: "returned"; operator: OperatorId }
  | { fact: "answer_late"; operator: OperatorId }
  | { fact: "put_on_hold"; operator: OperatorId; until: Timestamp }
  | { fact: "hold_ended"; operator: OperatorId }
  | { fact: "topic_chosen"; operator: OperatorId; topic: string | null }
  | { fact: "invited"; operator: OperatorId; colleague: OperatorId }
  | { fact: "joined"; operator: OperatorId }
  | { fact: "left_again"; operator: OperatorId }
  | { fact: "finished"; operator: OperatorId; silent: boolean }
  | { fact: "silent_too_long" }
  | { fact: "rating_requested"; scale: RatingScale }
  | { fact: "rated"; scale: RatingScale; value: number }
  | { fact: "reviewed"; operator: OperatorId; stars: number; comment: string | null }
  | { fact: "marked_spam"; operator: OperatorId; blocked: boolean }
  | { fact: "reopened"; operator: OperatorId }
  | { fact: "closed"; reason: CloseReason }
  | { fact: "text_suppressed"; text: TextKind }
  | { fact: "customer_unreachable"; reason: string }
  | { fact: "customer_reachable" };

/** How a transfer ended that nobody accepted. */
export type TransferEnd = "declined" | "missed" | "left" | "withdrawn";

/** Why a conversation is taken from whoever has it. */
export type RoutedAgainWhy =
  | "absent"
  | "disabled"
  | "answer_limit"
  | "supervisor"
  | "sender_absent";

export type QueueMode = "evenly" | "strictly" | "all";

export type Explanation = { mode: QueueMode; candidates: Candidate[]; others?: Counts };

export type Candidate = { operator: OperatorId; reason: Reason };

export type Reason =
  | { why: "fewest_received"; received: number }
  | { why: "first_in_order"; place: number }
  | { why: "everybody" }
  | { why: "responsible" }
  | { why: "responsible_away" }
  | { why: "responsible_disabled" }
  | { why: "known" }
  | { why: "declined"; at: Timestamp }
  | { why: "missed"; at: Timestamp }
  /** He handed the conversation on himself. */
  | { why: "sent"; at: Timestamp }
  | { why: "unavailable" }
  | { why: "at_capacity"; load: number; capacity: number }
  | { why: "too_many_offers"; offers: number };

export type Counts = { eligible: number; unavailable: number; at_capacity: number };

/** One frame of each kind, as the server's tests write them. */
export type Samples = { [T in ServerFrame["type"]]: Extract<ServerFrame, { type: T }> };
/** One event of each kind. */
export type EventSamples = { [K in Event["kind"]]: Extract<Event, { kind: K }> };
/** One frame of each kind, for the server's tests to read. */
export type ClientSamples = { [T in ClientFrame["type"]]: Extract<ClientFrame, { type: T }> };
