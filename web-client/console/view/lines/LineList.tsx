/** The left column of the screen of lines: all of them, those put away apart. */

import type { Line } from "../../core/line.ts";
import { byName } from "../../core/lines.ts";
import { administers, openLine } from "../../core/select-lines.ts";
import { failureWords } from "../../i18n/failure.ts";
import type { Desk } from "../desk.ts";
import { AskedState } from "./AskedState.tsx";
import { FileButton } from "./FileButton.tsx";
import { LineItem } from "./LineItem.tsx";
import "./LineList.css";

export function LineList({ desk }: { desk: Desk }) {
  const { setting } = desk.state;
  const words = desk.words.lines.list;
  const lines = byName(setting.all ?? [], desk.words.locale);
  const archived = lines.filter((line) => line.archived);
  const asked = { busy: setting.all === null, value: setting.all, failure: setting.failure };
  return (
    <nav class="LineList" aria-label={words.title} data-testid="line-list">
      <h2 class="LineList-title">{words.title}</h2>
      {administers(desk.state) && <Making desk={desk} />}
      <div class="LineList-scroll">
        <div class="LineList-state">
          <AskedState desk={desk} asked={asked} onRetry={desk.actions.lines.reload} />
          {setting.all?.length === 0 && (
            <p>{administers(desk.state) ? words.none : words.noneOfYours}</p>
          )}
        </div>
        <Items desk={desk} lines={lines.filter((line) => !line.archived)} />
        {archived.length > 0 && (
          <details class="LineList-archived" open={archived.some(({ id }) => id === openLine(desk.state))}>
            <summary>{words.archived(archived.length)}</summary>
            <Items desk={desk} lines={archived} />
          </details>
        )}
      </div>
    </nav>
  );
}

function Items({ desk, lines }: { desk: Desk; lines: readonly Line[] }) {
  return (
    <ul>
      {lines.map((line) => (
        <LineItem key={line.id} desk={desk} line={line} />
      ))}
    </ul>
  );
}

function Making({ desk }: { desk: Desk }) {
  const { making } = desk.state.setting;
  const { lines } = desk.actions;
  const words = desk.words.lines.list;
  return (
    <div class="LineList-making">
      <button
        type="button"
        class="Button Button--primary"
        data-testid="create-line"
        disabled={making.busy}
        onClick={lines.create}
      >
        {making.busy ? words.creating : words.create}
      </button>
      <FileButton
        label={words.importFile}
        title={words.importHint}
        accept=".json,application/json"
        disabled={making.busy}
        testId="line-file"
        onFile={lines.createFrom}
      />
      {making.failure && (
        <p class="LineList-problem" role="alert" data-testid="making-problem">
          {failureWords(desk.words, making.failure)}
        </p>
      )}
    </div>
  );
}
