/** The times of one day at which a line is open: changed, added, removed. */

import { endTime, isOverMidnight, shownTime, withInterval } from "../../core/hours.ts";
import type { Interval } from "../../core/line.ts";
import type { Words } from "../../i18n/en.ts";
import "./IntervalList.css";

type IntervalListProps = {
  words: Words;
  /** Of which day they are. */
  day: string;
  intervals: readonly Interval[];
  /** What stands there when there are none. */
  none?: string;
  canEdit: boolean;
  onChange: (intervals: readonly Interval[]) => void;
};

export function IntervalList(props: IntervalListProps) {
  const { words: allWords, day, intervals, canEdit, onChange } = props;
  const words = allWords.lines.hours;
  const more = withInterval(intervals);
  const change = (index: number, part: Partial<Interval>) =>
    onChange(intervals.map((one, other) => (other === index ? { ...one, ...part } : one)));
  const adding = canEdit && more !== null && (
    <button
      type="button"
      class="IntervalList-button"
      aria-label={words.addTimeTo(day)}
      title={words.addTime}
      data-testid="add-interval"
      onClick={() => onChange(more)}
    >
      +
    </button>
  );
  return (
    <span class="IntervalList">
      {intervals.length === 0 && <span class="IntervalList-none">{props.none ?? words.closed}</span>}
      {intervals.map((interval, index) => (
        <span key={index} class="IntervalList-one" data-testid="interval">
          <input
            type="time"
            class="Input IntervalList-time"
            aria-label={words.from(day)}
            value={interval.from}
            disabled={!canEdit}
            onInput={(event) => change(index, { from: event.currentTarget.value })}
          />
          –
          <input
            type="time"
            class="Input IntervalList-time"
            aria-label={words.to(day)}
            value={shownTime(interval.to)}
            disabled={!canEdit}
            onInput={(event) => change(index, { to: endTime(event.currentTarget.value) })}
          />
          {isOverMidnight(interval) && <small class="IntervalList-next">{words.nextDay}</small>}
          {canEdit && (
            <button
              type="button"
              class="IntervalList-button"
              aria-label={words.removeTime(day, `${interval.from}–${interval.to}`)}
              title={words.removeTime(day, `${interval.from}–${interval.to}`)}
              onClick={() => onChange(intervals.filter((_, other) => other !== index))}
            >
              ×
            </button>
          )}
          {index === intervals.length - 1 && adding}
        </span>
      ))}
      {intervals.length === 0 && adding}
    </span>
  );
}
