import type { Timestamp } from "../../client/index.ts";
import type { Desk } from "./desk.ts";
import { countdown, leftMs } from "./time.ts";
import "./Countdown.css";

const HURRY_MS = 15_000;

type CountdownProps = {
  desk: Desk;
  until: Timestamp;
  /** When the conversation was last changed. */
  changed: Timestamp;
};

export function Countdown({ desk, until, changed }: CountdownProps) {
  const { words, now } = desk;
  const left = leftMs(until, changed, now.value);
  const time = countdown(left);
  const isHurry = left < HURRY_MS;
  return (
    <span
      class={isHurry ? "Countdown Countdown--hurry" : "Countdown"}
      role="timer"
      title={words.offer.left(time)}
      data-testid="countdown"
    >
      {left > 0 ? time : words.offer.over}
    </span>
  );
}
