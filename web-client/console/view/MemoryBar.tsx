/** Says to administrators that the memory of the store fills up. */

import "./MemoryBar.css";
import type { Desk } from "./desk.ts";

/** From here on nobody new is let in. */
const FULL_PERCENT = 90;
const NEARLY_FULL_PERCENT = 80;

export function MemoryBar({ desk }: { desk: Desk }) {
  const { state, words } = desk;
  const percent = state.memoryPercent;
  if (percent === null) return null;
  const isBad = percent >= NEARLY_FULL_PERCENT;
  const says = percent >= FULL_PERCENT ? words.calls.memoryFull : words.calls.memoryFillsUp;
  return (
    <p
      class={isBad ? "MemoryBar MemoryBar--bad" : "MemoryBar"}
      role={isBad ? "alert" : "status"}
      data-testid="memory"
    >
      {says(percent)}
    </p>
  );
}
