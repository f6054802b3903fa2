/** How long something has lasted; moves by itself. */

import type { Timestamp } from "../../client/index.ts";
import type { Desk } from "./desk.ts";
import { fullTime, lasting } from "./time.ts";

type SinceProps = { desk: Desk; at: Timestamp; in: (time: string) => string };

export function Since({ desk, at, in: sentence }: SinceProps) {
  const { words, now } = desk;
  const time = lasting(words, now.value - Date.parse(at));
  return (
    <time dateTime={at} title={fullTime(words, at)}>
      {sentence(time)}
    </time>
  );
}
