/** Who has changed what of a line. */

import { useEffect } from "preact/hooks";
import type { AuditEntry } from "../../core/line.ts";
import { fieldNamed } from "../../core/fields.ts";
import { toolsOf } from "../../core/lines.ts";
import { personName, type Desk } from "../desk.ts";
import { AskedState } from "./AskedState.tsx";
import "./History.css";
import type { Sheet } from "./sheet.ts";
import { isWeek, valueWords, weekChangeWords } from "./values.ts";
import { dayAndTime } from "./when.ts";

export function History({ sheet }: { sheet: Sheet }) {
  const { desk } = sheet;
  const { id, version } = sheet.form.base;
  const words = desk.words.lines.history;
  const { audit } = toolsOf(desk.state.setting, id);
  useEffect(() => desk.actions.lines.loadAudit(id), [id, version]);
  return (
    <section class="History" data-testid="history">
      <h2>{words.title}</h2>
      <p class="Field-hint">{words.lead}</p>
      <AskedState desk={desk} asked={audit} onRetry={() => desk.actions.lines.loadAudit(id)} />
      {audit.value?.length === 0 && <p>{words.none}</p>}
      <ol>
        {audit.value?.map((entry, index) => <Change key={index} desk={desk} entry={entry} />)}
      </ol>
    </section>
  );
}

function Change({ desk, entry }: { desk: Desk; entry: AuditEntry }) {
  const words = desk.words.lines.history;
  const what = Object.hasOwn(words.what, entry.what) ? words.what[entry.what] : entry.what;
  return (
    <li class="History-entry" data-testid="history-entry">
      <p>
        <b>{personName(desk, entry.by)}</b> {what}
        <time dateTime={entry.at}>{dayAndTime(desk.words, entry.at)}</time>
      </p>
      {entry.changes.length > 0 && (
        <ul>
          {entry.changes.map(({ field, from, to }) => (
            <li key={field}>
              <span class="History-field">{nameOf(desk, field)}</span>
              <span>{fromTo(desk, field, from, to)}</span>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** What a later version calls by a name that we do not know is called that. */
function nameOf(desk: Desk, name: string): string {
  const field = fieldNamed(name);
  return field === null ? name : desk.words.settings.fields[field];
}

function fromTo(desk: Desk, name: string, from: unknown, to: unknown): string {
  const field = fieldNamed(name);
  const words = desk.words.lines.history;
  if (field === null || field !== name) return words.fromTo(JSON.stringify(from), JSON.stringify(to));
  if (field === "hours.week" && isWeek(from) && isWeek(to)) return weekChangeWords(desk.words, from, to);
  return words.fromTo(valueWords(desk, field, from), valueWords(desk, field, to));
}
