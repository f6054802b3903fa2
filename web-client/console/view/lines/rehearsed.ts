/** The sums of a rehearsed day in words, and which of the two is better. */

import type { Summary } from "../../core/line.ts";
import type { Words } from "../../i18n/en.ts";
import { lasting } from "../time.ts";

export type SumName = Exclude<keyof Summary, "by_operator">;

/** Whether more is better; where nobody can say, it is left open. */
const MORE_IS: Readonly<Record<SumName, "better" | "worse" | null>> = {
  conversations: null,
  accepted: null,
  missed: "worse",
  declined: null,
  unanswered: "worse",
  wait_p50_seconds: "worse",
  wait_p90_seconds: "worse",
  wait_max_seconds: "worse",
};

export const SUM_NAMES = Object.keys(MORE_IS) as SumName[];

export function sumWords(words: Words, name: SumName, value: Summary[SumName]): string {
  if (value === null) return words.lines.value.none;
  return name.endsWith("_seconds") ? lasting(words, value * 1_000) : String(value);
}

/** Of the second one. Where nobody accepted anything, there is no wait to compare. */
export function verdictOf(name: SumName, before: Summary, after: Summary): "better" | "worse" | null {
  const more = MORE_IS[name];
  const [was, is] = [before[name], after[name]];
  if (more === null || was === null || is === null || was === is) return null;
  return is > was === (more === "better") ? "better" : "worse";
}
