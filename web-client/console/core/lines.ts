/** What the console knows of the lines' settings, and how an event changes it. Pure, as `state.ts`. */

import type { LineId } from "../../client/index.ts";
import { NOT_ASKED, type Asked, type Failure } from "./failure.ts";
import {
  edited,
  freshForm,
  isChanged,
  met,
  mineKept,
  newerTaken,
  notSaved,
  saved,
  submitted,
  type LineForm,
} from "./line-form.ts";
import { NO_TOOLS, withTool, type LineTools, type ToolsEvent } from "./line-tools.ts";
import type { Line, LineDefaults, LineSettings } from "./line.ts";
import type { Place } from "./place.ts";

export type Lines = {
  /** Null: not read yet. */
  all: readonly Line[] | null;
  failure: Failure | null;
  defaults: LineDefaults | null;
  /** Those that were touched. */
  forms: Readonly<Record<LineId, LineForm>>;
  tools: LineTools;
  /** A line that is being created, or made from a file. */
  making: Asked<never>;
  /** Where one is about to go, leaving unsaved changes behind; it is asked about. */
  leaving: Place | "signed_out" | null;
};

export type LinesEvent =
  | { kind: "listed"; lines: readonly Line[] }
  | { kind: "not_listed"; failure: Failure }
  | { kind: "defaults"; defaults: LineDefaults }
  | { kind: "edited"; line: LineId; settings: LineSettings }
  | { kind: "submitted"; line: LineId }
  | { kind: "saved"; line: Line }
  | { kind: "not_saved"; line: LineId; failure: Failure }
  | { kind: "discarded"; line: LineId }
  | { kind: "newer_taken"; line: LineId }
  | { kind: "mine_kept"; line: LineId }
  /** The line is there, or changed other than through its form. */
  | { kind: "stored"; line: Line }
  | { kind: "making" }
  | { kind: "made"; line: Line }
  | { kind: "not_made"; failure: Failure }
  | { kind: "leaving"; to: Lines["leaving"] }
  | ToolsEvent;

export const NO_LINES: Lines = {
  all: null,
  failure: null,
  defaults: null,
  forms: {},
  tools: NO_TOOLS,
  making: NOT_ASKED,
  leaving: null,
};

export function withLines(lines: Lines, event: LinesEvent): Lines {
  switch (event.kind) {
    case "listed":
      return event.lines.reduce(stored, { ...lines, failure: null, all: newest(lines, event.lines) });
    case "not_listed":
      return { ...lines, failure: event.failure };
    case "defaults":
      return { ...lines, defaults: event.defaults };
    case "edited":
      return withForm(lines, event.line, (form) => edited(form, event.settings));
    case "submitted":
      return withForm(lines, event.line, submitted);
    case "saved": {
      const next = withForm(lines, event.line.id, (form) => saved(form, event.line));
      return stored(next, event.line);
    }
    case "not_saved":
      return withForm(lines, event.line, (form) => notSaved(form, event.failure));
    case "discarded":
      return { ...lines, forms: without(lines.forms, event.line) };
    case "newer_taken":
      return withForm(lines, event.line, newerTaken);
    case "mine_kept":
      return withForm(lines, event.line, mineKept);
    case "stored":
      return stored(lines, event.line);
    case "making":
      return { ...lines, making: { ...NOT_ASKED, busy: true } };
    case "made":
      return stored({ ...lines, making: NOT_ASKED }, event.line);
    case "not_made":
      return { ...lines, making: { ...NOT_ASKED, failure: event.failure } };
    case "leaving":
      return { ...lines, leaving: event.to };
    case "trial_at":
    case "asked":
    case "told":
    case "untold":
    case "dropped":
      return { ...lines, tools: withTool(lines.tools, event) };
    default:
      return event satisfies never;
  }
}

export function lineOf(lines: Lines, id: LineId): Line | null {
  return lines.all?.find((line) => line.id === id) ?? null;
}

/** The settings as they are being changed; without changes those that are stored. */
export function formOf(lines: Lines, id: LineId): LineForm | null {
  const line = lineOf(lines, id);
  return lines.forms[id] ?? (line && freshForm(line));
}

export function toolsOf(lines: Lines, id: LineId): LineTools {
  return lines.tools.line === id ? lines.tools : NO_TOOLS;
}

export function isUnsaved(lines: Lines, id: LineId): boolean {
  const form = lines.forms[id];
  return form !== undefined && isChanged(form);
}

export function unsaved(lines: Lines): LineId[] {
  return Object.keys(lines.forms).filter((id) => isUnsaved(lines, id));
}

/** By name, in the order of the reader's alphabet. */
export function byName(lines: readonly Line[], locale: string): Line[] {
  const { compare } = new Intl.Collator(locale, { numeric: true });
  return [...lines].sort((a, b) => compare(a.settings.name, b.settings.name));
}

/** The time zone in which the line's hours are counted. */
export function zoneOf(lines: Lines, settings: LineSettings): string {
  const { calendar_of, timezone } = settings.hours;
  const other = calendar_of === null ? null : lineOf(lines, calendar_of);
  return other?.settings.hours.timezone ?? timezone;
}

function stored(lines: Lines, line: Line): Lines {
  const known = lineOf(lines, line.id);
  const rest = (lines.all ?? []).filter(({ id }) => id !== line.id);
  const newer = known !== null && known.version > line.version ? known : line;
  const form = lines.forms[line.id];
  const forms = form ? { ...lines.forms, [line.id]: met(form, newer) } : lines.forms;
  return { ...lines, all: [...rest, newer], forms };
}

/** An answer may be older than what is known by now. */
function newest(lines: Lines, listed: readonly Line[]): readonly Line[] {
  return listed.map((line) => {
    const known = lineOf(lines, line.id);
    return known !== null && known.version > line.version ? known : line;
  });
}

function withForm(lines: Lines, id: LineId, change: (form: LineForm) => LineForm): Lines {
  const form = formOf(lines, id);
  return form === null ? lines : { ...lines, forms: { ...lines.forms, [id]: change(form) } };
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  const { [key]: _, ...rest } = record;
  return rest;
}
