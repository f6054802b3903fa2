/** Puts a conversation aside until a time. */

import { useState } from "preact/hooks";
import type { ConversationId } from "../../../client/index.ts";
import { PRESETS, chosenEnd, fieldTime, holdEnd, latestEnd } from "../../core/desk/hold.ts";
import { Dialog } from "../Dialog.tsx";
import type { Desk } from "../desk.ts";
import "./HoldDialog.css";

export function HoldDialog({ desk, conversation }: { desk: Desk; conversation: ConversationId }) {
  const { words, actions } = desk;
  const now = desk.now.peek();
  const [until, setUntil] = useState("");
  const [isRefused, setRefused] = useState(false);
  const says = words.dialogs.hold;
  const hold = (ms: number) =>
    actions.work.answer({ type: "hold", conversation, until: new Date(ms).toISOString() });
  const submitted = () => {
    const end = chosenEnd(until, desk.now.peek());
    setRefused(end === null);
    if (end !== null) hold(end);
  };
  return (
    <Dialog
      title={says.title}
      lead={says.lead}
      testId="hold-dialog"
      submit={says.submit}
      cancel={words.dialogs.cancel}
      isUnready={until === ""}
      onSubmit={submitted}
      onClose={() => actions.work.ask(null)}
    >
      <div class="HoldDialog-presets">
        {PRESETS.map((preset) => (
          <button
            key={preset}
            type="button"
            class="Button"
            data-testid={`hold-${preset}`}
            onClick={() => hold(holdEnd(preset, desk.now.peek()))}
          >
            {says[preset]}
          </button>
        ))}
      </div>
      <label class="Dialog-field">
        <span>{says.until}</span>
        <input
          class="Input"
          type="datetime-local"
          value={until}
          min={fieldTime(now)}
          max={fieldTime(latestEnd(now))}
          aria-invalid={isRefused}
          data-testid="hold-until"
          onInput={(event) => setUntil(event.currentTarget.value)}
        />
      </label>
      {isRefused && (
        <p class="Dialog-problem" role="alert">
          {says.badTime}
        </p>
      )}
    </Dialog>
  );
}
