/** Lines and the server: what is read by itself, and what is done when a person wants it. */

import { computed, effect, type Signal } from "@preact/signals";
import type { LineId } from "../../client/index.ts";
import type { Failure } from "../core/failure.ts";
import type { LineSettings } from "../core/line.ts";
import { formOf, lineOf, type LinesEvent } from "../core/lines.ts";
import { hashOf, placeOfLine } from "../core/place.ts";
import { shownPlace } from "../core/select-lines.ts";
import type { State } from "../core/state.ts";
import type { Emit } from "./gate.ts";
import type { Answer } from "./answer.ts";
import * as api from "./lines-api.ts";

/** A feed may tell of many changes at once. */
const RELOAD_AFTER_MS = 300;
const RELOAD_AGAIN_MS = 5_000;
const UNREADABLE: { failure: Failure } = { failure: { why: "unreadable_file" } };

/** Reads the lines when they are looked at, and anew whenever the feed tells of a change. */
export function followLines(state: Signal<State>, emit: Emit): void {
  const tell = tellInto(emit);
  let known: State["lines"] | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const { lines, screen, filled } = state.value;
    if (screen.at !== "desk" || shownPlace(state.value).at !== "lines") {
      known = null;
      return;
    }
    if (!filled || known === lines) return;
    const wait = known === null ? 0 : RELOAD_AFTER_MS;
    known = lines;
    clearTimeout(timer);
    timer = setTimeout(() => void read(state, tell), wait);
  });
  // Not by the whole state: it changes more often than that.
  const failure = computed(() => state.value.setting.failure);
  effect(() => {
    const why = failure.value?.why;
    if (why !== "unreachable" && why !== "later") return;
    const again = setTimeout(() => void read(state, tell), RELOAD_AGAIN_MS);
    return () => clearTimeout(again);
  });
}

export function lineActions(state: Signal<State>, emit: Emit) {
  const tell = tellInto(emit);
  const lines = () => state.peek().setting;
  return {
    reload: () => void read(state, tell),
    create: () => void make(tell, api.create()),
    createFrom: (file: File) => void makeFrom(tell, file),
    edit: (line: LineId, settings: LineSettings) => tell({ kind: "edited", line, settings }),
    save: (line: LineId) => void save(state, tell, line),
    discard: (line: LineId) => tell({ kind: "discarded", line }),
    takeNewer: (line: LineId) => tell({ kind: "newer_taken", line }),
    keepMine: (line: LineId) => tell({ kind: "mine_kept", line }),
    archive(id: LineId, archived: boolean) {
      const line = lineOf(lines(), id);
      if (line === null) return;
      void ask(tell, id, "archiving", api.archive(line, archived), (value) => {
        tell({ kind: "told", line: id, tool: "archiving", value });
        tell({ kind: "stored", line: value });
      });
    },
    tryAt: (line: LineId, at: string | null) => tell({ kind: "trial_at", line, at }),
    rehearse(line: LineId, day: string) {
      const form = formOf(lines(), line);
      if (form === null) return;
      void ask(tell, line, "rehearsal", api.rehearse(line, day, form.settings), (value) =>
        tell({ kind: "told", line, tool: "rehearsal", value }),
      );
    },
    readCalendar(line: LineId, timezone: string, file: File) {
      const answer = file.text().then(
        (ics) => api.readCalendar(timezone, ics),
        () => UNREADABLE,
      );
      void ask(tell, line, "calendar", answer, (value) =>
        tell({ kind: "told", line, tool: "calendar", value }),
      );
    },
    dropCalendar: (line: LineId) => tell({ kind: "dropped", line, tool: "calendar" }),
    loadAudit(line: LineId) {
      void ask(tell, line, "audit", api.audit(line), (value) =>
        tell({ kind: "told", line, tool: "audit", value }),
      );
    },
  };
}

/** True: it is stored. */
export async function save(state: Signal<State>, tell: Tell, id: LineId): Promise<boolean> {
  // Twice the same would be refused as changed meanwhile.
  if (state.peek().setting.forms[id]?.step.is === "saving") return false;
  tell({ kind: "submitted", line: id });
  const form = formOf(state.peek().setting, id);
  if (form?.step.is !== "saving") return false;
  const answer = await api.save(id, form.base.version, form.step.sent);
  if ("value" in answer) {
    tell({ kind: "saved", line: answer.value });
    return true;
  }
  tell({ kind: "not_saved", line: id, failure: answer.failure });
  return false;
}

async function read(state: Signal<State>, tell: Tell): Promise<void> {
  const needsDefaults = state.peek().setting.defaults === null;
  const [lines, defaults] = await Promise.all([api.list(), needsDefaults ? api.defaults() : null]);
  if (defaults !== null && "value" in defaults) tell({ kind: "defaults", defaults: defaults.value });
  if ("value" in lines) tell({ kind: "listed", lines: lines.value });
  else tell({ kind: "not_listed", failure: lines.failure });
}

async function makeFrom(tell: Tell, file: File): Promise<void> {
  const exported: unknown = await file.text().then(JSON.parse).catch(() => undefined);
  if (exported === undefined) tell({ kind: "not_made", ...UNREADABLE });
  else await make(tell, api.createFrom(exported));
}

async function make(tell: Tell, asked: ReturnType<typeof api.create>): Promise<void> {
  tell({ kind: "making" });
  const answer = await asked;
  if ("failure" in answer) {
    tell({ kind: "not_made", failure: answer.failure });
    return;
  }
  tell({ kind: "made", line: answer.value });
  location.hash = hashOf(placeOfLine(answer.value.id));
}

export type Tell = (event: LinesEvent) => void;
type Tool = Extract<LinesEvent, { kind: "asked" }>["tool"];

export function tellInto(emit: Emit): Tell {
  return (event) => {
    emit({ on: "lines", event });
    if (isSignedOut(event)) emit({ on: "signed_out", problem: { kind: "signed_out" } });
  };
}

async function ask<T>(
  tell: Tell,
  line: LineId,
  tool: Tool,
  asked: Promise<Answer<T>>,
  done: (value: T) => void,
): Promise<void> {
  tell({ kind: "asked", line, tool });
  const answer = await asked;
  if ("value" in answer) done(answer.value);
  else tell({ kind: "untold", line, tool, failure: answer.failure });
}

function isSignedOut(event: LinesEvent): boolean {
  const failure: Failure | null = "failure" in event ? event.failure : null;
  return failure?.why === "signed_out";
}
