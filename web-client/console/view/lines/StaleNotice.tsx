/** Somebody else has changed the line: who, what, and which of the two shall stand. */

import { useEffect } from "preact/hooks";
import { valueAt, type FieldName } from "../../core/fields.ts";
import { meanwhile } from "../../core/line-form.ts";
import type { Line } from "../../core/line.ts";
import { toolsOf } from "../../core/lines.ts";
import { personName } from "../desk.ts";
import { clock } from "../time.ts";
import type { Sheet } from "./sheet.ts";
import "./StaleNotice.css";
import { valueWords } from "./values.ts";

export function StaleNotice({ sheet, newer }: { sheet: Sheet; newer: Line }) {
  const { desk, form } = sheet;
  const { actions } = desk;
  const words = desk.words.lines.stale;
  const { theirs, mine, both } = meanwhile(form, newer);
  const last = toolsOf(desk.state.setting, newer.id).audit.value?.[0];
  // Whoever changed it is in its history.
  useEffect(() => actions.lines.loadAudit(newer.id), [newer.id, newer.version]);
  const show = (field: FieldName, settings: Line["settings"]) =>
    valueWords(desk, field, valueAt(settings, field));
  return (
    <section class="StaleNotice" role="alert" data-testid="stale-notice">
      <h2>{words.title}</h2>
      <p>
        {last ? words.by(personName(desk, last.by), clock(desk.words, last.at)) : words.bySomebody}
      </p>
      <Fields sheet={sheet} title={words.theirs} fields={theirs} />
      <Fields sheet={sheet} title={words.mine} fields={mine} />
      {both.length > 0 && (
        <>
          <h3>{words.both}</h3>
          <ul>
            {both.map((field) => (
              <li key={field} data-testid="both-changed">
                <b>{desk.words.settings.fields[field]}</b>
                <span>{words.there(show(field, newer.settings))}</span>
                <span>{words.here(show(field, form.settings))}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <div class="StaleNotice-buttons">
        <button
          type="button"
          class="Button Button--primary"
          title={words.keepMineHint}
          data-testid="keep-mine"
          onClick={() => actions.lines.keepMine(newer.id)}
        >
          {words.keepMine}
        </button>
        <small>{words.keepMineHint}</small>
        <button
          type="button"
          class="Button"
          data-testid="take-newer"
          onClick={() => actions.lines.takeNewer(newer.id)}
        >
          {words.takeNewer}
        </button>
        <small>{words.takeNewerHint}</small>
      </div>
    </section>
  );
}

type FieldsProps = { sheet: Sheet; title: string; fields: readonly FieldName[] };

function Fields({ sheet, title, fields }: FieldsProps) {
  if (fields.length === 0) return null;
  const names = fields.map((field) => sheet.desk.words.settings.fields[field]);
  return (
    <p>
      {title}: <b>{names.join(", ")}</b>
    </p>
  );
}
