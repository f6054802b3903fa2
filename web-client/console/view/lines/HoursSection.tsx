/** When the line is open, and what a message gets when it is not. */

import { byName, lineOf } from "../../core/lines.ts";
import { wallClock } from "../../core/zone.ts";
import type { Desk } from "../desk.ts";
import { ChoiceField } from "./ChoiceField.tsx";
import { CustomerText } from "./CustomerText.tsx";
import { controlProps, Field } from "./Field.tsx";
import { HolidayList } from "./HolidayList.tsx";
import { Dependent, Section } from "./Section.tsx";
import { isShown, type Sheet } from "./sheet.ts";
import { SwitchField } from "./SwitchField.tsx";
import { TextField } from "./TextField.tsx";
import { WeekEditor } from "./WeekEditor.tsx";

const FIELDS_OF_CALENDAR = ["hours.timezone", "hours.week", "hours.holidays"] as const;
const FIELDS_OF_HOURS = [...FIELDS_OF_CALENDAR, "hours.calendar_of", "hours.text"] as const;

export function HoursSection({ sheet }: { sheet: Sheet }) {
  const { state, words } = sheet.desk;
  const { hours } = sheet.form.settings;
  const other = hours.calendar_of === null ? null : lineOf(state.setting, hours.calendar_of);
  return (
    <Section sheet={sheet} name="hours">
      <SwitchField sheet={sheet} field="hours.enabled" />
      {isShown(sheet, hours.enabled, ...FIELDS_OF_HOURS) && (
        <Dependent>
          <CalendarChoice sheet={sheet} />
          {isShown(sheet, hours.calendar_of === null, ...FIELDS_OF_CALENDAR) ? (
            <OwnCalendar sheet={sheet} />
          ) : (
            <p class="Field-hint">
              {words.lines.hours.usesCalendar(other?.settings.name ?? words.unknownLine)}
            </p>
          )}
          <ChoiceField sheet={sheet} field="hours.rule" />
          {isShown(sheet, hours.rule === "reply", "hours.text") && (
            <CustomerText sheet={sheet} field="hours.text" />
          )}
        </Dependent>
      )}
    </Section>
  );
}

function OwnCalendar({ sheet }: { sheet: Sheet }) {
  const { timezones } = sheet.desk.state.setting.defaults ?? { timezones: [] };
  return (
    <>
      <div>
        <TextField sheet={sheet} field="hours.timezone" list="timezones" />
        <NowThere desk={sheet.desk} zone={sheet.form.settings.hours.timezone} />
        <datalist id="timezones">
          {timezones.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </div>
      <WeekEditor sheet={sheet} />
      <HolidayList sheet={sheet} />
    </>
  );
}

function NowThere({ desk, zone }: { desk: Desk; zone: string }) {
  const words = desk.words.lines.hours;
  const shown = wallClock(desk.now.value, zone);
  return (
    <p class="Field-hint">{shown ? words.nowThere(shown.slice(11)) : words.unknownZone}</p>
  );
}

function CalendarChoice({ sheet }: { sheet: Sheet }) {
  const { state, words } = sheet.desk;
  const { form } = sheet;
  const lines = byName(state.setting.all ?? [], words.locale).filter(
    ({ id, archived }) => id !== form.base.id && (!archived || id === form.settings.hours.calendar_of),
  );
  return (
    <Field sheet={sheet} field="hours.calendar_of">
      <select
        class="Input Input--fit"
        value={form.settings.hours.calendar_of ?? ""}
        {...controlProps(sheet, "hours.calendar_of")}
        onChange={(event) => sheet.set("hours.calendar_of", event.currentTarget.value || null)}
      >
        <option value="">{words.lines.hours.ownCalendar}</option>
        {lines.map(({ id, settings }) => (
          <option key={id} value={id}>
            {words.lines.hours.calendarOf(settings.name)}
          </option>
        ))}
      </select>
    </Field>
  );
}
