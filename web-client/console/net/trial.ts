/** Asks again what would happen to a message, whenever its answer may have changed. */

import { effect, type Signal } from "@preact/signals";
import type { LineId } from "../../client/index.ts";
import { unfinished } from "../core/line-form.ts";
import type { LineSettings } from "../core/line.ts";
import { formOf, toolsOf, zoneOf } from "../core/lines.ts";
import { openLine } from "../core/select-lines.ts";
import type { State } from "../core/state.ts";
import { momentOf } from "../core/zone.ts";
import type { Emit } from "./gate.ts";
import * as api from "./lines-api.ts";
import { tellInto } from "./lines.ts";

const PAUSE_MS = 500;

export function followTrial(state: Signal<State>, emit: Emit): void {
  const tell = tellInto(emit);
  let seen: { line: LineId; settings: LineSettings; at: string | null } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  effect(() => {
    const { setting } = state.value;
    const line = openLine(state.value);
    const form = line === null ? null : formOf(setting, line);
    if (line === null || form === null) {
      seen = null;
      return;
    }
    const at = toolsOf(setting, line).trialAt;
    if (seen?.settings === form.settings && seen.at === at) return;
    const isFirst = seen?.line !== line;
    seen = { line, settings: form.settings, at };
    clearTimeout(timer);
    if (unfinished(form.settings).length > 0) return;
    timer = setTimeout(() => void ask(line, form.settings, at), isFirst ? 0 : PAUSE_MS);
  });

  async function ask(line: LineId, settings: LineSettings, at: string | null): Promise<void> {
    asked += 1;
    const mine = asked;
    const zone = zoneOf(state.peek().setting, settings);
    const moment = at === null ? null : momentOf(at, zone);
    tell({ kind: "asked", line, tool: "trial" });
    const answer = await api.tryMessage(line, settings, moment);
    if (mine !== asked) return;
    if ("value" in answer) tell({ kind: "told", line, tool: "trial", value: answer.value });
    else tell({ kind: "untold", line, tool: "trial", failure: answer.failure });
  }
}
