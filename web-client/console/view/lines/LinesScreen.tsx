/** The screen of lines: bar on top, all lines on the left, the open one beside them. */

import type { LineId } from "../../../client/index.ts";
import type { LineTab } from "../../core/place.ts";
import type { Desk } from "../desk.ts";
import { NoticeBar } from "../NoticeBar.tsx";
import { StaleBar } from "../StaleBar.tsx";
import { TopBar } from "../TopBar.tsx";
import { LeaveDialog } from "./LeaveDialog.tsx";
import { LineList } from "./LineList.tsx";
import { LinePage } from "./LinePage.tsx";
import "./LinesScreen.css";

type LinesScreenProps = { desk: Desk; line: LineId | null; tab: LineTab };

export function LinesScreen({ desk, line, tab }: LinesScreenProps) {
  const words = desk.words.lines.page;
  return (
    <div class={line === null ? "LinesScreen" : "LinesScreen LinesScreen--line"} data-testid="lines">
      <TopBar desk={desk} />
      <StaleBar desk={desk} />
      <div class="LinesScreen-main">
        <LineList desk={desk} />
        {line === null ? (
          <main class="LinePage LinePage--none">
            <p>{words.none}</p>
            <p class="Chat-hint">{words.noneHint}</p>
          </main>
        ) : (
          <LinePage key={line} desk={desk} id={line} tab={tab} />
        )}
      </div>
      <NoticeBar desk={desk} />
      {line !== null && <LeaveDialog desk={desk} line={line} />}
    </div>
  );
}
