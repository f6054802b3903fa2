/** Throws out one conversation or several, and blocks the customers if one wants that. */

import { useState } from "preact/hooks";
import type { Dialog as Asked } from "../../core/desk/dialog.ts";
import { Dialog } from "../Dialog.tsx";
import type { Desk } from "../desk.ts";
import "./SpamDialog.css";

type SpamDialogProps = { desk: Desk; dialog: Extract<Asked, { kind: "spam" }> };

export function SpamDialog({ desk, dialog }: SpamDialogProps) {
  const [block, setBlock] = useState(dialog.block);
  const { state, words, actions } = desk;
  const says = words.dialogs.spam;
  const { conversations } = dialog;
  const names = conversations.map((id) => state.rows[id]?.customer_name ?? words.entry.customer);
  return (
    <Dialog
      title={says.title(conversations.length)}
      lead={says.lead}
      testId="spam-dialog"
      submit={block ? says.submitBlock : says.submit}
      cancel={words.dialogs.cancel}
      isGrave
      onSubmit={() => actions.work.spam(conversations, block)}
      onClose={() => actions.work.ask(null)}
    >
      <p class="SpamDialog-names">{names.join(", ")}</p>
      <label class="SpamDialog-block">
        <input
          type="checkbox"
          checked={block}
          data-testid="spam-block"
          onChange={(event) => setBlock(event.currentTarget.checked)}
        />
        <span>
          {says.block}
          <small class="Dialog-hint">{says.blockHint}</small>
        </span>
      </label>
    </Dialog>
  );
}
