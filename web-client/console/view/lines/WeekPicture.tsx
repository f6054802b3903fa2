/** A week as a picture: a row a day, a bar where the line is open. */

import { barsOf, DAY_MINUTES, WEEKDAYS } from "../../core/hours.ts";
import type { Week } from "../../core/line.ts";
import type { Words } from "../../i18n/en.ts";
import { weekWords } from "./values.ts";
import "./WeekPicture.css";

const ROW = 20;
const BAR = 12;
const LEFT = 26;
const WIDTH = 240;
const TOP = 14;
const HOURS = [0, 6, 12, 18, 24];

export function WeekPicture({ words, week }: { words: Words; week: Week }) {
  const x = (minutes: number) => LEFT + (minutes / DAY_MINUTES) * WIDTH;
  const height = TOP + WEEKDAYS.length * ROW;
  return (
    <svg
      class="WeekPicture"
      viewBox={`0 0 ${LEFT + WIDTH + 8} ${height}`}
      role="img"
      aria-label={words.lines.hours.picture(weekWords(words, week))}
      data-testid="week-picture"
    >
      {HOURS.map((hour) => (
        <g key={hour}>
          <line class="WeekPicture-hour" x1={x(hour * 60)} x2={x(hour * 60)} y1={TOP} y2={height} />
          <text x={x(hour * 60)} y={TOP - 4} text-anchor="middle">
            {hour}
          </text>
        </g>
      ))}
      {WEEKDAYS.map((day, index) => (
        <text key={day} x={0} y={TOP + index * ROW + 14}>
          {words.lines.hours.short[day]}
        </text>
      ))}
      {WEEKDAYS.map((day, index) => (
        <rect
          key={day}
          class="WeekPicture-day"
          x={LEFT}
          y={TOP + index * ROW + (ROW - BAR) / 2}
          width={WIDTH}
          height={BAR}
          rx={3}
        />
      ))}
      {barsOf(week).map(({ day, from, to }) => (
        <rect
          key={`${day} ${from} ${to}`}
          class="WeekPicture-open"
          x={x(from)}
          y={TOP + day * ROW + (ROW - BAR) / 2}
          width={x(to) - x(from)}
          height={BAR}
          rx={3}
        />
      ))}
    </svg>
  );
}
