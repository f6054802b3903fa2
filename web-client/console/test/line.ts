/** Lines in tests. */

import type { Line, LineSettings, Week } from "../core/line.ts";

const nine = [{ from: "09:00", to: "18:00" }];

export const WEEK: Week = {
  monday: nine,
  tuesday: nine,
  wednesday: nine,
  thursday: nine,
  friday: nine,
  saturday: [],
  sunday: [],
};

export function settings(change: Partial<LineSettings> = {}): LineSettings {
  return {
    name: "Sales",
    active: true,
    language: "en",
    queue: {
      mode: "evenly",
      operators: ["anna", "boris"],
      offer_timeout_seconds: 60,
      require_available: true,
      known_operator_days: 7,
    },
    unanswered: { rule: "requeue", after_seconds: 180, text_on_requeue: true, text: null },
    answer: { limit_seconds: 600, rule: "requeue" },
    hours: {
      enabled: false,
      timezone: "Europe/Berlin",
      week: WEEK,
      holidays: [],
      rule: "reply",
      text: null,
      calendar_of: null,
    },
    welcome: { enabled: true, text: null, each_conversation: false },
    closing: { rule: "reply", text: null, reopen_window_seconds: 600 },
    auto_close: { after_seconds: 0, rule: "nothing", text: null },
    rating: { scale: "like", time_limit_seconds: 86_400 },
    crm: {
      check: true,
      forward_to_responsible: true,
      create: "auto",
      transfer_changes_responsible: true,
      track_contacts: true,
    },
    consent: { enabled: false, text: null },
    topics: [],
    topic_required: false,
    operator_shown_as: "name",
    personas: [],
    retention: { days: 0 },
    ...change,
  };
}

export function line(change: Partial<Line> = {}): Line {
  return { id: "sales", version: 1, shard: 0, archived: false, settings: settings(), ...change };
}
