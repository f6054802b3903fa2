/** A day or a range of days with hours of their own. */

import type { Holiday } from "../../core/line.ts";
import type { Words } from "../../i18n/en.ts";
import "./HolidayItem.css";
import { IntervalList } from "./IntervalList.tsx";

type HolidayItemProps = {
  words: Words;
  number: number;
  holiday: Holiday;
  isSpoilt: boolean;
  canEdit: boolean;
  onChange: (holiday: Holiday) => void;
  onRemove: () => void;
};

export function HolidayItem(props: HolidayItemProps) {
  const { words: allWords, number, holiday, canEdit, onChange } = props;
  const words = allWords.lines.holidays;
  const name = holiday.name || words.number(number);
  return (
    <li
      class="HolidayItem"
      role="group"
      aria-label={name}
      data-testid="holiday"
      {...(props.isSpoilt && { "data-spoilt": "" })}
    >
      <input
        type="text"
        class="Input HolidayItem-name"
        aria-label={words.name}
        placeholder={words.name}
        value={holiday.name}
        disabled={!canEdit}
        onInput={(event) => onChange({ ...holiday, name: event.currentTarget.value })}
      />
      <span class="HolidayItem-days">
        <input
          type="date"
          class="Input HolidayItem-date"
          aria-label={words.from}
          value={holiday.from}
          disabled={!canEdit}
          onInput={(event) => onChange(begun(holiday, event.currentTarget.value))}
        />
        –
        <input
          type="date"
          class="Input HolidayItem-date"
          aria-label={words.to}
          value={holiday.to}
          disabled={!canEdit}
          onInput={(event) => onChange({ ...holiday, to: event.currentTarget.value })}
        />
      </span>
      <label class="HolidayItem-yearly">
        <input
          type="checkbox"
          checked={holiday.yearly}
          disabled={!canEdit}
          onChange={(event) => onChange({ ...holiday, yearly: event.currentTarget.checked })}
        />
        {words.yearly}
      </label>
      {holiday.imported && <small class="HolidayItem-imported">{words.imported}</small>}
      {canEdit && (
        <button
          type="button"
          class="HolidayItem-remove"
          aria-label={words.remove(name)}
          title={words.remove(name)}
          onClick={props.onRemove}
        >
          ×
        </button>
      )}
      <span class="HolidayItem-hours">
        <IntervalList
          words={allWords}
          day={name}
          intervals={holiday.intervals}
          none={words.closed}
          canEdit={canEdit}
          onChange={(intervals) => onChange({ ...holiday, intervals })}
        />
      </span>
    </li>
  );
}

/** One day stays one day; a range keeps its end, unless that would be before its beginning. */
function begun(holiday: Holiday, from: string): Holiday {
  const isOneDay = holiday.from === holiday.to;
  const isTurned = !holiday.yearly && holiday.to < from;
  return { ...holiday, from, to: isOneDay || isTurned ? from : holiday.to };
}
