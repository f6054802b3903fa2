/** The HTTP calls about lines. Holds no state. */

import type { LineId } from "../../client/index.ts";
import type { Failure, Problem } from "../core/failure.ts";
import type {
  AuditEntry,
  CalendarFile,
  Line,
  LineDefaults,
  LineSettings,
  Rehearsal,
  Trial,
} from "../core/line.ts";
import { get, post, put } from "./request.ts";

export type Answer<T> = { value: T } | { failure: Failure };

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

/** The body of every error. */
type ErrorBody = {
  error?: { code?: string; message?: string; fields?: readonly Problem[]; current?: Line | null };
};

async function answer<T>(asked: Promise<Response | null>): Promise<Answer<T>> {
  const response = await asked;
  if (response === null) return { failure: { why: "unreachable" } };
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return { value: body as T };
  return { failure: failureOf(response.status, ((body ?? {}) as ErrorBody).error) };
}

function failureOf(status: number, error: ErrorBody["error"]): Failure {
  if (error?.code === "stale") return { why: "stale", current: error.current ?? null };
  if (error?.code === "too_much") return { why: "too_much" };
  const problems = error?.fields ?? [];
  if (problems.length > 0) return { why: "invalid", problems };
  switch (status) {
    case 401:
      return { why: "signed_out" };
    case 403:
      return { why: "forbidden" };
    case 404:
      return { why: "not_found" };
    case 413:
      return { why: "too_large" };
    case 429:
    case 503:
      return { why: "later" };
    default:
      return { why: "unexpected", status, message: error?.message ?? "" };
  }
}

function inside<A, B>(answered: Answer<A>, value: (body: A) => B): Answer<B> {
  return "failure" in answered ? answered : { value: value(answered.value) };
}
