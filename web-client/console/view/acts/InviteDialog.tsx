/** Asks a colleague to help. */

import { useState } from "preact/hooks";
import type { ConversationId, OperatorId, OperatorView } from "../../../client/index.ts";
import { Dialog } from "../Dialog.tsx";
import type { Desk } from "../desk.ts";
import { TargetItem } from "./TargetItem.tsx";

export function InviteDialog({ desk, conversation }: { desk: Desk; conversation: ConversationId }) {
  const [chosen, setChosen] = useState<OperatorId | null>(null);
  const { state, words, actions } = desk;
  const says = words.dialogs;
  const taken = new Set([state.me?.id, ...(state.rows[conversation]?.joined ?? [])]);
  const colleagues = Object.values(state.operators)
    .filter(({ id, enabled }) => enabled && !taken.has(id))
    .sort((a, b) => presence(a) - presence(b) || a.name.localeCompare(b.name));
  return (
    <Dialog
      title={says.invite.title}
      lead={says.invite.lead}
      testId="invite-dialog"
      submit={says.invite.submit}
      cancel={says.cancel}
      isUnready={chosen === null}
      onSubmit={() => {
        if (chosen) actions.work.answer({ type: "invite", conversation, operator: chosen });
      }}
      onClose={() => actions.work.ask(null)}
    >
      {colleagues.length === 0 && <p class="Dialog-hint">{says.invite.nobody}</p>}
      <div class="TargetItem-list" role="radiogroup" aria-label={says.invite.title}>
        {colleagues.map(({ id, name, status, status_reason }) => (
          <TargetItem
            key={id}
            name={name}
            status={status}
            says={status_reason ? `${words.status[status]}: ${status_reason}` : words.status[status]}
            trouble={null}
            isChosen={chosen === id}
            testId="target-operator"
            onChoose={() => setChosen(id)}
          />
        ))}
      </div>
    </Dialog>
  );
}

function presence({ status }: OperatorView): number {
  return ["available", "busy", "away"].indexOf(status);
}
