/** Texts to customers: which placeholders they may have, and how they read when these are filled in. */

import type { TextFieldName } from "./fields.ts";
import type { LineDefaults, LineSettings, TextKind, TextLanguage } from "./line.ts";

export const LINE_TEXT_CHARS_MAX = 2_000;

export type Placeholder = "company" | "customer" | "operator" | "opens_at";

export type Values = Readonly<Record<Placeholder, string>>;

export function kindOf(field: TextFieldName): TextKind {
  switch (field) {
    case "welcome.text":
      return "welcome";
    case "consent.text":
      return "consent";
    case "hours.text":
      return "off_hours";
    case "unanswered.text":
      return "unanswered";
    case "closing.text":
      return "closing";
    case "auto_close.text":
      return "auto_close";
    default:
      return field satisfies never;
  }
}

export function placeholdersOf(field: TextFieldName): readonly Placeholder[] {
  const usual = ["company", "customer", "operator"] as const;
  return field === "hours.text" ? [...usual, "opens_at"] : usual;
}

/** What is filled in is not read again. What nobody knows stays as it is. */
export function filled(text: string, values: Values): string {
  return text.replace(PLACEHOLDER, (whole, name: string) => (isKnown(name) ? values[name] : whole));
}

/** The first placeholder that a text may not have. */
export function unknownPlaceholder(text: string, known: readonly Placeholder[]): string | null {
  const names = [...text.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
  return names.find((name) => !known.some((one) => one === name)) ?? null;
}

export function defaultText(
  defaults: LineDefaults | null,
  kind: TextKind,
  language: TextLanguage,
): string {
  return defaults?.texts[language][kind] ?? "";
}

/** What might stand in the placeholders, in the language of the line. */
export function sampleValues(
  settings: LineSettings,
  company: string,
  nameOf: (operator: string) => string,
): Values {
  const { language } = settings;
  return {
    company,
    customer: language === "ru" ? "Иван Петров" : "Ivan Petrov",
    operator: shownOperator(settings, nameOf) ?? company,
    opens_at: language === "ru" ? "понедельник, 30 ноября, в 09:00" : "Monday, 30 November at 09:00",
  };
}

/** The first of the queue, as customers see him; null: they see the company. */
function shownOperator(settings: LineSettings, nameOf: (operator: string) => string): string | null {
  const [first] = settings.queue.operators;
  if (first === undefined) return null;
  switch (settings.operator_shown_as) {
    case "name":
      return nameOf(first);
    case "persona":
      return settings.personas.find(({ operator }) => operator === first)?.name || null;
    case "hidden":
      return null;
    default:
      return settings.operator_shown_as satisfies never;
  }
}

/** A word of small letters in braces; braces around anything else are ordinary text. */
const PLACEHOLDER = /\{([a-z_]+)\}/g;

function isKnown(name: string): name is Placeholder {
  return ["company", "customer", "operator", "opens_at"].includes(name);
}
