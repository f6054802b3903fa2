/** The usual week: for each day its times, and a picture of all. */

import { WEEKDAYS, withMondayCopied } from "../../core/hours.ts";
import type { Week } from "../../core/line.ts";
import { Field } from "./Field.tsx";
import { IntervalList } from "./IntervalList.tsx";
import type { Sheet } from "./sheet.ts";
import "./WeekEditor.css";
import { WeekPicture } from "./WeekPicture.tsx";

export function WeekEditor({ sheet }: { sheet: Sheet }) {
  const { words } = sheet.desk;
  const { week } = sheet.form.settings.hours;
  const set = (next: Week) => sheet.set("hours.week", next);
  const spoilt = new Set(sheet.form.problems.map(({ field }) => field));
  return (
    <Field sheet={sheet} field="hours.week" as="group">
      <div class="WeekEditor">
        <div class="WeekEditor-days">
          {WEEKDAYS.map((day) => (
            <div
              key={day}
              class="WeekEditor-day"
              role="group"
              {...(spoilt.has(`hours.week.${day}`) && { "data-spoilt": "" })}
              aria-label={words.lines.hours.weekdays[day]}
              data-testid={`day-${day}`}
            >
              <span class="WeekEditor-name">{words.lines.hours.weekdays[day]}</span>
              <IntervalList
                words={words}
                day={words.lines.hours.weekdays[day]}
                intervals={week[day]}
                canEdit={sheet.canEdit}
                onChange={(intervals) => set({ ...week, [day]: intervals })}
              />
            </div>
          ))}
          {sheet.canEdit && (
            <button
              type="button"
              class="Button Button--small"
              title={words.lines.hours.copyMondayHint}
              data-testid="copy-monday"
              onClick={() => set(withMondayCopied(week))}
            >
              {words.lines.hours.copyMonday}
            </button>
          )}
        </div>
        <WeekPicture words={words} week={week} />
      </div>
    </Field>
  );
}
