/** What can be done with lines. */

import type { LineId } from "../../../client/index.ts";
import type { LineSettings } from "../../core/line.ts";

export type LineActions = {
  reload(): void;
  create(): void;
  /** Makes a line from a file that was exported. */
  createFrom(file: File): void;
  edit(line: LineId, settings: LineSettings): void;
  save(line: LineId): void;
  discard(line: LineId): void;
  takeNewer(line: LineId): void;
  keepMine(line: LineId): void;
  archive(line: LineId, archived: boolean): void;
  /** Null: now. By the line's clock. */
  tryAt(line: LineId, at: string | null): void;
  rehearse(line: LineId, day: string): void;
  readCalendar(line: LineId, timezone: string, file: File): void;
  dropCalendar(line: LineId): void;
  loadAudit(line: LineId): void;
  /** Answers to the question about unsaved changes. */
  stay(): void;
  leave(how: "save" | "keep" | "discard"): void;
};
