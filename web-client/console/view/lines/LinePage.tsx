/** The open line: its settings, a rehearsal of them, their history. */

import type { LineId } from "../../../client/index.ts";
import { formOf, lineOf } from "../../core/lines.ts";
import { hashOf, LINE_TABS, placeOfLine, type LineTab } from "../../core/place.ts";
import { failureWords } from "../../i18n/failure.ts";
import type { Desk } from "../desk.ts";
import { History } from "./History.tsx";
import { LineHead } from "./LineHead.tsx";
import "./LinePage.css";
import { Rehearsal } from "./Rehearsal.tsx";
import { SettingsForm } from "./SettingsForm.tsx";
import { sheetOf, type Sheet } from "./sheet.ts";

type LinePageProps = { desk: Desk; id: LineId; tab: LineTab };

export function LinePage({ desk, id, tab }: LinePageProps) {
  const { setting } = desk.state;
  const line = lineOf(setting, id);
  const form = formOf(setting, id);
  if (line === null || form === null) return <NoLine desk={desk} />;
  const sheet = sheetOf(desk, form);
  return (
    <main class="LinePage" data-testid="line-page" data-line={id}>
      <LineHead desk={desk} line={line} />
      <Tabs desk={desk} id={id} shown={tab} />
      <TabPanel key={tab} tab={tab} sheet={sheet} />
    </main>
  );
}

function Tabs({ desk, id, shown }: { desk: Desk; id: LineId; shown: LineTab }) {
  return (
    <nav class="LinePage-tabs" aria-label={desk.words.lines.page.tabsLabel}>
      {LINE_TABS.map((tab) => (
        <a
          key={tab}
          href={hashOf(placeOfLine(id, tab))}
          aria-current={tab === shown ? "page" : undefined}
          data-testid={`line-tab-${tab}`}
        >
          {desk.words.lines.page.tabs[tab]}
        </a>
      ))}
    </nav>
  );
}

function TabPanel({ tab, sheet }: { tab: LineTab; sheet: Sheet }) {
  switch (tab) {
    case "settings":
      return <SettingsForm sheet={sheet} />;
    case "rehearsal":
      return (
        <div class="LinePage-scroll">
          <Rehearsal sheet={sheet} />
        </div>
      );
    case "history":
      return (
        <div class="LinePage-scroll">
          <History sheet={sheet} />
        </div>
      );
    default:
      return tab satisfies never;
  }
}

function NoLine({ desk }: { desk: Desk }) {
  const { all, failure } = desk.state.setting;
  const words = desk.words.lines.page;
  const says = all !== null ? words.unknown : failure ? failureWords(desk.words, failure) : words.loading;
  return (
    <main class="LinePage LinePage--none">
      <p role="status">{says}</p>
    </main>
  );
}
