/** What is special about a conversation, in a few words each. */

import type { Row } from "../../client/index.ts";
import { ratingWords, starsWords } from "../i18n/rating.ts";
import "./RowBadges.css";
import { personName, type Desk } from "./desk.ts";
import { clock, isSameDay, moment } from "./time.ts";

export function RowBadges({ desk, row }: { desk: Desk; row: Row }) {
  const { state, words } = desk;
  const says = words.badges;
  const isBack = state.work.back.includes(row.conversation);
  return (
    <>
      {row.late && <Badge tone="bad" testId="late" text={says.late} />}
      {isBack && <Badge tone="call" testId="back-from-hold" text={says.back} />}
      {row.hold_until && (
        <Badge tone="quiet" testId="on-hold" text={says.hold(holdTime(desk, row.hold_until))} />
      )}
      {row.joined.length > 0 && (
        <Badge
          tone="quiet"
          testId="joined"
          text={says.helps(row.joined.map((id) => personName(desk, id)).join(", "))}
        />
      )}
      {row.rating && (
        <Badge tone="quiet" testId="rating" text={says.rating(ratingWords(words, row.rating))} />
      )}
      {row.review !== undefined && (
        <Badge tone="quiet" testId="review" text={says.review(starsWords(words, row.review))} />
      )}
    </>
  );
}

type BadgeProps = { tone: "bad" | "call" | "quiet"; testId: string; text: string };

function Badge({ tone, testId, text }: BadgeProps) {
  return (
    <span class={`RowBadges-badge RowBadges-badge--${tone}`} data-testid={testId}>
      {text}
    </span>
  );
}

/** Today the hour is enough. */
function holdTime({ words, now }: Desk, until: string): string {
  const isToday = isSameDay(new Date(until), new Date(now.value));
  return isToday ? clock(words, until) : moment(words, until);
}
