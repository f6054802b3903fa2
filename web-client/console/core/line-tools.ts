/** What is asked of the server about the open line, beside its settings. */

import type { LineId } from "../../client/index.ts";
import { NOT_ASKED, type Asked, type Failure } from "./failure.ts";
import type { AuditEntry, CalendarFile, Line, Rehearsal, Trial } from "./line.ts";

export type LineTools = Tools & {
  /** Which line is meant. */
  line: LineId | null;
  /** When the message would come, by the line's clock: `YYYY-MM-DDTHH:MM`. Null: now. */
  trialAt: string | null;
};

type Tools = { [T in keyof Answers]: Asked<Answers[T]> };

type Answers = {
  trial: Trial;
  rehearsal: Rehearsal;
  audit: readonly AuditEntry[];
  calendar: CalendarFile;
  archiving: Line;
};

export type ToolsEvent =
  | { kind: "trial_at"; line: LineId; at: string | null }
  | { kind: "asked"; line: LineId; tool: keyof Answers }
  | Told
  | { kind: "untold"; line: LineId; tool: keyof Answers; failure: Failure }
  | { kind: "dropped"; line: LineId; tool: keyof Answers };

type Told = {
  [T in keyof Answers]: { kind: "told"; line: LineId; tool: T; value: Answers[T] };
}[keyof Answers];

export const NO_TOOLS: LineTools = {
  line: null,
  trialAt: null,
  trial: NOT_ASKED,
  rehearsal: NOT_ASKED,
  audit: NOT_ASKED,
  calendar: NOT_ASKED,
  archiving: NOT_ASKED,
};

/** An answer about a line that is not open any more is of no use. */
export function withTool(tools: LineTools, event: ToolsEvent): LineTools {
  const isMeant = tools.line === event.line;
  switch (event.kind) {
    case "trial_at":
      return { ...begun(tools, event.line), trialAt: event.at };
    case "asked": {
      const next = begun(tools, event.line);
      return { ...next, [event.tool]: { ...next[event.tool], busy: true, failure: null } };
    }
    case "told":
      if (!isMeant) return tools;
      return { ...tools, [event.tool]: { busy: false, value: event.value, failure: null } };
    case "untold":
      if (!isMeant) return tools;
      return { ...tools, [event.tool]: { busy: false, value: null, failure: event.failure } };
    case "dropped":
      return isMeant ? { ...tools, [event.tool]: NOT_ASKED } : tools;
    default:
      return event satisfies never;
  }
}

function begun(tools: LineTools, line: LineId): LineTools {
  return tools.line === line ? tools : { ...NO_TOOLS, line };
}
