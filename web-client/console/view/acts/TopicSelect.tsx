/** What the conversation is about: one of the line's topics. */

import type { Row } from "../../../client/index.ts";
import { can } from "../../core/desk/possible.ts";
import type { Desk } from "../desk.ts";
import "./TopicSelect.css";

export function TopicSelect({ desk, row }: { desk: Desk; row: Row }) {
  const { state, actions } = desk;
  const words = desk.words.acts;
  const { conversation, topic } = row;
  if (!can(state, "topic", row)) {
    return topic === undefined ? null : (
      <span class="TopicSelect-chosen" data-testid="topic">
        {words.topic}: {topic}
      </span>
    );
  }
  const topics = state.lines[row.line]?.topics ?? [];
  const isOld = topic !== undefined && !topics.includes(topic);
  return (
    <label class="TopicSelect">
      {words.topic}
      <select
        class="TopicSelect-field"
        value={topic ?? ""}
        data-testid="topic"
        onChange={(event) => {
          const chosen = event.currentTarget.value || null;
          actions.work.command({ type: "topic", conversation, topic: chosen });
        }}
      >
        <option value="">{words.noTopic}</option>
        {isOld && <option value={topic}>{topic}</option>}
        {topics.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}
