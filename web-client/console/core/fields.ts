/** The fields of a line's settings by their names in the API: read, set, compared, brought together. */

import type { LineSettings } from "./line.ts";

type Leaf = string | number | boolean | null | readonly unknown[];
type Key = keyof LineSettings & string;

/** `name`, `queue.mode` and so on. */
export type FieldName = {
  [K in Key]: LineSettings[K] extends Leaf ? K : `${K}.${keyof LineSettings[K] & string}`;
}[Key];

export type ValueOf<F extends FieldName> = F extends Key
  ? LineSettings[F]
  : F extends `${infer G extends Key}.${infer K}`
    ? K extends keyof LineSettings[G]
      ? LineSettings[G][K]
      : never
    : never;

/** The fields that hold nothing but a `T`. */
export type FieldOf<T> = {
  [F in FieldName]: [ValueOf<F>] extends [T] ? F : never;
}[FieldName];

/** Texts to customers; null is the default text. */
export type TextFieldName = Extract<FieldName, `${string}.text`>;

/** Fields with a few words to choose from. */
export type ChoiceFieldName = {
  [F in FieldName]: ValueOf<F> extends string ? (string extends ValueOf<F> ? never : F) : never;
}[FieldName];

export type SectionName =
  | "general"
  | "queue"
  | "unanswered"
  | "answer"
  | "hours"
  | "greeting"
  | "closing"
  | "silence"
  | "rating"
  | "crm"
  | "topics"
  | "shown"
  | "keeping";

/** Where each field stands; the order is that of the form. */
export const SECTION_OF: Readonly<Record<FieldName, SectionName>> = {
  name: "general",
  active: "general",
  language: "general",
  "queue.mode": "queue",
  "queue.operators": "queue",
  "queue.offer_timeout_seconds": "queue",
  "queue.require_available": "queue",
  "queue.known_operator_days": "queue",
  "unanswered.rule": "unanswered",
  "unanswered.text_on_requeue": "unanswered",
  "unanswered.after_seconds": "unanswered",
  "unanswered.text": "unanswered",
  "answer.limit_seconds": "answer",
  "answer.rule": "answer",
  "hours.enabled": "hours",
  "hours.calendar_of": "hours",
  "hours.timezone": "hours",
  "hours.week": "hours",
  "hours.holidays": "hours",
  "hours.rule": "hours",
  "hours.text": "hours",
  "welcome.enabled": "greeting",
  "welcome.each_conversation": "greeting",
  "welcome.text": "greeting",
  "consent.enabled": "greeting",
  "consent.text": "greeting",
  "closing.rule": "closing",
  "closing.text": "closing",
  "closing.reopen_window_seconds": "closing",
  "auto_close.after_seconds": "silence",
  "auto_close.rule": "silence",
  "auto_close.text": "silence",
  "rating.scale": "rating",
  "rating.time_limit_seconds": "rating",
  "crm.check": "crm",
  "crm.forward_to_responsible": "crm",
  "crm.create": "crm",
  "crm.transfer_changes_responsible": "crm",
  "crm.track_contacts": "crm",
  topics: "topics",
  topic_required: "topics",
  operator_shown_as: "shown",
  personas: "shown",
  "retention.days": "keeping",
};

export const FIELDS = Object.keys(SECTION_OF) as readonly FieldName[];
export const SECTIONS: readonly SectionName[] = [...new Set(Object.values(SECTION_OF))];

export function valueAt<F extends FieldName>(settings: LineSettings, field: F): ValueOf<F> {
  const [group, key] = field.split(".") as [Key, string?];
  const value: unknown = settings[group];
  return (key === undefined ? value : (value as Record<string, unknown>)[key]) as ValueOf<F>;
}

export function withValue<F extends FieldName>(
  settings: LineSettings,
  field: F,
  value: ValueOf<F>,
): LineSettings {
  const [group, key] = field.split(".") as [Key, string?];
  if (key === undefined) return { ...settings, [group]: value };
  return { ...settings, [group]: { ...(settings[group] as object), [key]: value } };
}

export function changedFields(before: LineSettings, after: LineSettings): FieldName[] {
  return before === after ? [] : FIELDS.filter((field) => isFieldChanged(before, after, field));
}

export function isFieldChanged(
  before: LineSettings,
  after: LineSettings,
  field: FieldName,
): boolean {
  return !isSame(valueAt(before, field), valueAt(after, field));
}

/** `theirs`, with everything that `mine` has changed since `base`. */
export function merged(base: LineSettings, mine: LineSettings, theirs: LineSettings): LineSettings {
  return changedFields(base, mine).reduce(
    (settings, field) => withValue(settings, field, valueAt(mine, field)),
    theirs,
  );
}

/** The field that a name from the server means: `hours.week.monday` is of `hours.week`. */
export function fieldNamed(name: string): FieldName | null {
  const isIt = (field: FieldName) => name === field || name.startsWith(`${field}.`);
  return FIELDS.find(isIt) ?? null;
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return Object.is(a, b);
  }
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === others.length &&
    keys.every((key) => isSame(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}
