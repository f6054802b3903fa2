/**
 * A line and its settings, word for word those of `src/domain/line.rs` and `src/domain/hours.rs`,
 * and what the server tells about them.
 */

import type { Explanation, LineId, OperatorId, QueueMode, Timestamp } from "../../client/index.ts";

export type Line = {
  id: LineId;
  /** Goes back with a change. */
  version: number;
  shard: number;
  /** Put away: it has no channels and no open conversations, and gets none. */
  archived: boolean;
  settings: LineSettings;
};

export type LineSettings = {
  name: string;
  active: boolean;
  language: TextLanguage;
  queue: {
    mode: QueueMode;
    operators: readonly OperatorId[];
    offer_timeout_seconds: number;
    require_available: boolean;
    known_operator_days: number;
  };
  unanswered: {
    rule: "reply" | "requeue" | "nothing";
    after_seconds: number;
    text_on_requeue: boolean;
    text: string | null;
  };
  answer: { limit_seconds: number; rule: "alert" | "requeue" };
  hours: {
    enabled: boolean;
    timezone: string;
    week: Week;
    holidays: readonly Holiday[];
    rule: "reply" | "nothing";
    text: string | null;
    /** A line whose time zone, week and holidays are used instead of these. */
    calendar_of: LineId | null;
  };
  welcome: { enabled: boolean; text: string | null; each_conversation: boolean };
  closing: { rule: ClosingRule; text: string | null; reopen_window_seconds: number };
  auto_close: { after_seconds: number; rule: ClosingRule; text: string | null };
  rating: { scale: "like" | "stars"; time_limit_seconds: number };
  crm: {
    check: boolean;
    forward_to_responsible: boolean;
    create: "auto" | "manual" | "none";
    transfer_changes_responsible: boolean;
    track_contacts: boolean;
  };
  consent: { enabled: boolean; text: string | null };
  topics: readonly string[];
  topic_required: boolean;
  operator_shown_as: "name" | "persona" | "hidden";
  personas: readonly Persona[];
  retention: { days: number };
};

/** Of the texts to customers. */
export type TextLanguage = "en" | "ru";

export type ClosingRule = "reply" | "rating" | "nothing";

export type Weekday =
  | "monday"
  | "tuesday"
  | "wednesday"
  | "thursday"
  | "friday"
  | "saturday"
  | "sunday";

export type Week = Readonly<Record<Weekday, readonly Interval[]>>;

/** `HH:MM`, to `24:00`. `to` not after `from`: it is of the next day. */
export type Interval = { from: string; to: string };

/** A day or a range of days with hours of their own; no intervals: closed. */
export type Holiday = {
  /** `YYYY-MM-DD` */
  from: string;
  /** The last day of it. */
  to: string;
  yearly: boolean;
  intervals: readonly Interval[];
  name: string;
  /** From a calendar file. */
  imported: boolean;
};

/** How an operator is shown to the customers of a line. */
export type Persona = { operator: OperatorId; name: string; picture: string | null };

/** The kinds of texts to customers. */
export type TextKind =
  | "welcome"
  | "consent"
  | "off_hours"
  | "unanswered"
  | "closing"
  | "auto_close"
  | "rate_like"
  | "rate_stars"
  | "thanks";

/** `GET /api/v1/line-defaults`: a new line, and what the form needs to know beside. */
export type LineDefaults = {
  settings: LineSettings;
  texts: Readonly<Record<TextLanguage, Readonly<Record<TextKind, string>>>>;
  timezones: readonly string[];
  offer_timeout_seconds: readonly [number, number];
  company: string;
};

/** What would happen to a message. */
export type Trial = {
  open: boolean;
  opens_at: Timestamp | null;
  /** What the customer would get. */
  text: string | null;
  offered: readonly OperatorId[];
  explanation: Explanation | null;
};

/** What is in a calendar file, and which of its events are no holidays. */
export type CalendarFile = {
  holidays: readonly Holiday[];
  /** An empty name: the file gives none. */
  skipped: readonly { name: string; why: SkippedWhy }[];
};

export type SkippedWhy =
  | "cancelled"
  | "past"
  | "repeats"
  | "no_date"
  | "no_end"
  | "too_long"
  | "unknown_zone"
  | "out_of_bounds";

/** One change of a line, in its history. */
export type AuditEntry = {
  at: Timestamp;
  by: OperatorId;
  what: string;
  changes: readonly { field: string; from: unknown; to: unknown }[];
};

/** A past day, gone through once more by two sets of rules. */
export type Rehearsal = { day: string; as_it_is: Summary; as_proposed: Summary };

export type Summary = {
  conversations: number;
  accepted: number;
  missed: number;
  declined: number;
  unanswered: number;
  /** None where nobody accepted anything. */
  wait_p50_seconds: number | null;
  wait_p90_seconds: number | null;
  wait_max_seconds: number | null;
  by_operator: readonly {
    operator: OperatorId;
    offered: number;
    accepted: number;
    missed: number;
    declined: number;
  }[];
};
