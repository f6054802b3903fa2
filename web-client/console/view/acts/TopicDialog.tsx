/** The line wants a topic before a conversation is finished: which one? */

import type { Dialog as Asked } from "../../core/desk/dialog.ts";
import { Dialog } from "../Dialog.tsx";
import type { Desk } from "../desk.ts";
import "./TopicDialog.css";

type TopicDialogProps = { desk: Desk; dialog: Extract<Asked, { kind: "topic" }> };

export function TopicDialog({ desk, dialog }: TopicDialogProps) {
  const { state, words, actions } = desk;
  const says = words.dialogs.topic;
  const { conversation, silent } = dialog;
  const row = state.rows[conversation];
  const topics = state.lines[row?.line ?? ""]?.topics ?? [];
  const submitted = (form: FormData) => {
    const topic = String(form.get("topic") ?? "");
    if (topic === "") return;
    actions.work.answer(
      { type: "topic", conversation, topic },
      { type: "finish", conversation, silent },
    );
  };
  return (
    <Dialog
      title={says.title}
      lead={says.lead}
      testId="topic-dialog"
      submit={silent ? says.submitSilently : says.submit}
      cancel={words.dialogs.cancel}
      onSubmit={submitted}
      onClose={() => actions.work.ask(null)}
    >
      <div class="TopicDialog-topics" role="radiogroup" aria-label={says.title}>
        {topics.map((topic) => (
          <label key={topic} class="TopicDialog-topic">
            <input type="radio" name="topic" value={topic} required data-testid="topic-choice" />
            {topic}
          </label>
        ))}
      </div>
    </Dialog>
  );
}
