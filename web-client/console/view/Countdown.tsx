import type { Timestamp } from "../../client/index.ts";
import type { Desk } from "./desk.ts";
import { countdown } from "./time.ts";
import "./Countdown.css";

const HURRY_MS = 15_000;

export function Countdown({ desk, until }: { desk: Desk; until: Timestamp }) {
  const { words, now } = desk;
  const leftMs = Date.parse(until) - now.value;
  const time = countdown(leftMs);
  const isHurry = leftMs < HURRY_MS;
  return (
    <span
      class={isHurry ? "Countdown Countdown--hurry" : "Countdown"}
      role="timer"
      title={words.offer.left(time)}
      data-testid="countdown"
    >
      {leftMs > 0 ? time : words.offer.over}
    </span>
  );
}
