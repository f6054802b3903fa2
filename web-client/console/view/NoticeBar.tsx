/** A command that was refused, in words. */

import type { CommandRefusal, ConversationId } from "../../client/index.ts";
import "./NoticeBar.css";
import { personName, type Desk } from "./desk.ts";

export function NoticeBar({ desk }: { desk: Desk }) {
  const { notice } = desk.state;
  const isText = ["reply", "note", "edit"].includes(notice?.command ?? "");
  return (
    <div class="NoticeBar-place" role="alert" data-testid="notice-place">
      {notice && (
        <p class="NoticeBar" data-testid="notice" data-code={notice.why.code}>
          <span>
            {refusalWords(desk, notice.why)} {isText && desk.words.refusal.unsent}
          </span>
          {notice.why.code === "in_progress" && (
            <OpenIt desk={desk} conversation={notice.why.conversation} />
          )}
          <button type="button" class="Button Button--small" onClick={desk.actions.readNotice}>
            {desk.words.close}
          </button>
        </p>
      )}
    </div>
  );
}

/** The conversation that stands in the way. */
function OpenIt({ desk, conversation }: { desk: Desk; conversation: ConversationId }) {
  const { words, actions } = desk;
  const opened = () => {
    actions.readNotice();
    actions.open(conversation);
  };
  return (
    <button type="button" class="Button Button--small" data-testid="notice-open" onClick={opened}>
      {words.calls.open}
    </button>
  );
}

function refusalWords(desk: Desk, why: CommandRefusal): string {
  const words = desk.words.refusal;
  switch (why.code) {
    case "no_longer_yours":
      return words.noLongerYours(why.holder && personName(desk, why.holder));
    case "not_yours":
      return words.notYours(why.holder && personName(desk, why.holder));
    case "closed":
      return words.closed;
    case "full":
      return words.full;
    case "not_now":
      return words.notNow;
    case "topic_required":
      return words.topicRequired;
    case "unknown_topic":
      return words.unknownTopic;
    case "same_operator":
      return words.sameOperator;
    case "bad_time":
      return words.badTime;
    case "too_many":
      return words.tooMany;
    case "forbidden":
      return words.forbidden;
    case "unknown_conversation":
      return words.unknownConversation;
    case "bad_value":
      return words.badValue(why.field);
    case "too_fast":
      return words.tooFast;
    case "unavailable":
      return words.unavailable;
    case "confirm":
      return words.confirm;
    case "unknown_target":
      return words.unknownTarget;
    case "not_correctable":
      return words.notCorrectable[why.why];
    case "in_progress":
      return words.inProgress;
    default:
      return why satisfies never;
  }
}
