/** Ending somebody else's conversation is asked about; one's own is done at once. */

import type { Dialog as Asked } from "../../core/desk/dialog.ts";
import { Dialog } from "../Dialog.tsx";
import { personName, type Desk } from "../desk.ts";

type FinishDialogProps = { desk: Desk; dialog: Extract<Asked, { kind: "finish" }> };

export function FinishDialog({ desk, dialog }: FinishDialogProps) {
  const { state, words, actions } = desk;
  const says = words.dialogs.finish;
  const { conversation, silent } = dialog;
  const operator = state.rows[conversation]?.operator ?? null;
  return (
    <Dialog
      title={says.title}
      lead={operator === null ? says.nobodys : says.others(personName(desk, operator))}
      testId="finish-dialog"
      submit={silent ? words.acts.finishSilently : says.submit}
      cancel={words.dialogs.cancel}
      onSubmit={() => actions.work.answer({ type: "finish", conversation, silent })}
      onClose={() => actions.work.ask(null)}
    />
  );
}
