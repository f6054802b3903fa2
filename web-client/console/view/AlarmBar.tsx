/** What is wrong in a line, in front of everything until it is over or read. */

import type { Raised } from "../core/desk/alarms.ts";
import { DESK, hashOf } from "../core/place.ts";
import "./AlarmBar.css";
import { Since } from "./Since.tsx";
import { lineName, personName, type Desk } from "./desk.ts";

export function AlarmBar({ desk }: { desk: Desk }) {
  const { alarms } = desk.state.work;
  return (
    <div role="alert" aria-label={desk.words.calls.alarms} data-testid="alarms">
      {[...alarms].reverse().map((raised) => (
        <AlarmItem key={raised.key} desk={desk} raised={raised} />
      ))}
    </div>
  );
}

function AlarmItem({ desk, raised }: { desk: Desk; raised: Raised }) {
  const { words, actions } = desk;
  const { alarm, at, key } = raised;
  return (
    <p class="AlarmBar" data-testid="alarm" data-kind={alarm.kind}>
      <span class="AlarmBar-says">{alarmWords(desk, raised)}</span>
      <span class="AlarmBar-time">
        <Since desk={desk} at={at} in={(time) => time} />
      </span>
      {alarm.kind === "answer_late" && (
        <a
          class="Button Button--small"
          href={hashOf(DESK)}
          data-testid="alarm-open"
          onClick={() => actions.open(alarm.conversation)}
        >
          {words.calls.open}
        </a>
      )}
      <button
        type="button"
        class="Button Button--small"
        data-testid="alarm-read"
        onClick={() => actions.work.readAlarm(key)}
      >
        {words.calls.dismiss}
      </button>
    </p>
  );
}

function alarmWords(desk: Desk, { line, alarm }: Raised): string {
  const { state, words } = desk;
  switch (alarm.kind) {
    case "nobody_available":
      return words.calls.nobodyAvailable(lineName(desk, line));
    case "answer_late": {
      const customer = state.rows[alarm.conversation]?.customer_name || words.entry.customer;
      if (alarm.operator === state.me?.id) return words.calls.answerLateMine(customer);
      return words.calls.answerLate(customer, personName(desk, alarm.operator), lineName(desk, line));
    }
    default:
      return alarm satisfies never;
  }
}
