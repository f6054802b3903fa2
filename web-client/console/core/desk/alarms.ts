/** What is wrong in a line, for as long as it is, or until it has been read. */

import type { Alarm, LineId, Row, Timestamp } from "../../../client/index.ts";

export type Raised = { key: string; line: LineId; alarm: Alarm; at: Timestamp };

/** More than anybody reads; the newest are kept. */
const ALARMS_MAX = 20;

/** The same thing again takes the place of what was said of it before. */
export function raised(
  alarms: readonly Raised[],
  line: LineId,
  alarm: Alarm,
  at: Timestamp,
): readonly Raised[] {
  const key = keyOf(line, alarm);
  const others = alarms.filter((known) => known.key !== key);
  return [...others, { key, line, alarm, at }].slice(-ALARMS_MAX);
}

export function withoutAlarm(alarms: readonly Raised[], key: string): readonly Raised[] {
  return alarms.some((known) => known.key === key)
    ? alarms.filter((known) => known.key !== key)
    : alarms;
}

/** Leaves out those that the row says are over: the customer has his answer, or somebody else. */
export function answered(alarms: readonly Raised[], row: Row): readonly Raised[] {
  const isOver = ({ alarm }: Raised) =>
    alarm.kind === "answer_late" &&
    alarm.conversation === row.conversation &&
    (!row.late || row.operator !== alarm.operator);
  return alarms.some(isOver) ? alarms.filter((alarm) => !isOver(alarm)) : alarms;
}

function keyOf(line: LineId, alarm: Alarm): string {
  return alarm.kind === "answer_late"
    ? `${alarm.kind} ${alarm.conversation}`
    : `${alarm.kind} ${line}`;
}
