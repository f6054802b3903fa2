/** Days that are not as usual, and calendar files that hold such days. */

import { numberedProblem, problemsAt } from "../../core/line-form.ts";
import type { Holiday } from "../../core/line.ts";
import { zoneOf } from "../../core/lines.ts";
import { wallClock } from "../../core/zone.ts";
import { CalendarImport } from "./CalendarImport.tsx";
import { Field } from "./Field.tsx";
import { HolidayItem } from "./HolidayItem.tsx";
import "./HolidayList.css";
import type { Sheet } from "./sheet.ts";

export function HolidayList({ sheet }: { sheet: Sheet }) {
  const { desk, form } = sheet;
  const words = desk.words.lines.holidays;
  const { holidays } = form.settings.hours;
  const set = (next: readonly Holiday[]) => sheet.set("hours.holidays", next);
  const problems = problemsAt(form, "hours.holidays").map(numberedProblem);
  const add = () => {
    const zone = zoneOf(desk.state.setting, form.settings);
    const today = (wallClock(desk.now.peek(), zone) ?? new Date().toISOString()).slice(0, 10);
    set([...holidays, { ...NEW_DAY, from: today, to: today }]);
  };
  return (
    <Field sheet={sheet} field="hours.holidays" as="group">
      {holidays.length === 0 && <p class="Field-hint">{words.none}</p>}
      <ol class="HolidayList">
        {holidays.map((holiday, index) => (
          <HolidayItem
            key={index}
            words={desk.words}
            number={index + 1}
            holiday={holiday}
            isSpoilt={problems.some((problem) => problem.index === index)}
            canEdit={sheet.canEdit}
            onChange={(next) => set(holidays.map((one, other) => (other === index ? next : one)))}
            onRemove={() => set(holidays.filter((_, other) => other !== index))}
          />
        ))}
      </ol>
      {sheet.canEdit && (
        <div class="HolidayList-add">
          <button type="button" class="Button" data-testid="add-holiday" onClick={add}>
            {words.add}
          </button>
          <CalendarImport sheet={sheet} />
        </div>
      )}
    </Field>
  );
}

const NEW_DAY = { yearly: false, intervals: [], name: "", imported: false };
