/** Days out of a calendar file: read, shown, and only then added. */

import { withHolidays } from "../../core/hours.ts";
import type { CalendarFile, Holiday } from "../../core/line.ts";
import { toolsOf, zoneOf } from "../../core/lines.ts";
import type { Words } from "../../i18n/en.ts";
import { failureWords } from "../../i18n/failure.ts";
import "./CalendarImport.css";
import { FileButton } from "./FileButton.tsx";
import type { Sheet } from "./sheet.ts";
import { intervalsWords } from "./values.ts";
import { dayOf } from "./when.ts";

const SHOWN_MAX = 100;

export function CalendarImport({ sheet }: { sheet: Sheet }) {
  const { desk, form } = sheet;
  const { state, actions } = desk;
  const { id } = form.base;
  const words = desk.words.lines.holidays;
  const { busy, value, failure } = toolsOf(state.setting, id).calendar;
  const zone = zoneOf(state.setting, form.settings);
  return (
    <>
      <FileButton
        label={busy ? words.importing : words.importFile}
        accept=".ics,text/calendar"
        disabled={busy}
        testId="calendar-file"
        onFile={(file) => actions.lines.readCalendar(id, zone, file)}
      />
      {failure && (
        <p class="Field-problem" role="alert">
          {failureWords(desk.words, failure)}
        </p>
      )}
      {value && <Found sheet={sheet} file={value} />}
    </>
  );
}

function Found({ sheet, file }: { sheet: Sheet; file: CalendarFile }) {
  const { actions, words: allWords } = sheet.desk;
  const words = allWords.lines.holidays;
  const { holidays } = sheet.form.settings.hours;
  const next = withHolidays(holidays, file.holidays);
  const added = next.length - holidays.length;
  const drop = () => actions.lines.dropCalendar(sheet.form.base.id);
  return (
    <section class="CalendarImport" data-testid="calendar-found">
      <h4>{file.holidays.length === 0 ? words.foundNone : words.found(file.holidays.length)}</h4>
      <ul>
        {file.holidays.slice(0, SHOWN_MAX).map((holiday, index) => (
          <li key={index}>
            <b>{holiday.name}</b> {holidayWords(allWords, holiday)}
          </li>
        ))}
      </ul>
      {file.holidays.length > SHOWN_MAX && (
        <p>{allWords.lists.more(file.holidays.length - SHOWN_MAX)}</p>
      )}
      {file.skipped.length > 0 && (
        <>
          <h4>{words.skipped(file.skipped.length)}</h4>
          <ul>
            {file.skipped.slice(0, SHOWN_MAX).map((one, index) => (
              <li key={index}>
                <b>{one.name || words.unnamed}</b> {words.skippedWhy[one.why]}
              </li>
            ))}
          </ul>
        </>
      )}
      {file.holidays.length > 0 && added === 0 && <p>{words.allThere}</p>}
      <p class="CalendarImport-buttons">
        {added > 0 && (
          <button
            type="button"
            class="Button Button--primary"
            data-testid="calendar-add"
            onClick={() => {
              sheet.set("hours.holidays", next);
              drop();
            }}
          >
            {words.takeOver(added)}
          </button>
        )}
        <button type="button" class="Button" onClick={drop}>
          {added > 0 ? words.drop : allWords.close}
        </button>
      </p>
    </section>
  );
}

function holidayWords(words: Words, { from, to, intervals }: Holiday): string {
  const [first, last] = [dayOf(words, from), dayOf(words, to)];
  const days = first === last ? first : `${first} – ${last}`;
  return `${days}, ${intervalsWords(words, intervals)}`;
}
