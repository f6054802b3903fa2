/** The HTTP calls about lines. Holds no state. */

import type { LineId } from "../../client/index.ts";
import type {
  AuditEntry,
  CalendarFile,
  Line,
  LineDefaults,
  LineSettings,
  Rehearsal,
  Trial,
} from "../core/line.ts";
import { answer, inside, type Answer } from "./answer.ts";
import { get, post, put } from "./request.ts";

export async function list(): Promise<Answer<readonly Line[]>> {
  return inside(await answer<{ lines: readonly Line[] }>(get("lines")), ({ lines }) => lines);
}

export function defaults(): Promise<Answer<LineDefaults>> {
  return answer(get("line-defaults"));
}

/** With everything as in a new line. */
export function create(): Promise<Answer<Line>> {
  return answer(post("lines", {}));
}

/** From what `export` gave. */
export function createFrom(exported: unknown): Promise<Answer<Line>> {
  return answer(post("lines/import", exported));
}

export function save(
  line: LineId,
  version: number,
  settings: LineSettings,
): Promise<Answer<Line>> {
  return answer(put(of(line), { version, settings }));
}

export function archive(line: Line, archived: boolean): Promise<Answer<Line>> {
  return answer(post(`${of(line.id)}/archive`, { version: line.version, archived }));
}

export function tryMessage(
  line: LineId,
  settings: LineSettings,
  at: string | null,
): Promise<Answer<Trial>> {
  return answer(post(`${of(line)}/preview`, { settings, at }));
}

export function rehearse(
  line: LineId,
  day: string,
  settings: LineSettings,
): Promise<Answer<Rehearsal>> {
  return answer(post(`${of(line)}/rehearse`, { day, settings }));
}

export async function audit(line: LineId): Promise<Answer<readonly AuditEntry[]>> {
  const answered = await answer<{ entries: readonly AuditEntry[] }>(get(`${of(line)}/audit`));
  return inside(answered, ({ entries }) => entries);
}

export function readCalendar(timezone: string, ics: string): Promise<Answer<CalendarFile>> {
  return answer(post("calendar/preview", { timezone, ics }));
}

function of(line: LineId): string {
  return `lines/${encodeURIComponent(line)}`;
}
