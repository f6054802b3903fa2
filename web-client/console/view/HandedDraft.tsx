/** What a colleague was writing here before: to be used or thrown away. */

import type { Row } from "../../client/index.ts";
import { handedDraft } from "../core/desk/drafts.ts";
import { EMPTY_DRAFT } from "../core/state.ts";
import "./HandedDraft.css";
import { personName, type Desk } from "./desk.ts";

export function HandedDraft({ desk, row }: { desk: Desk; row: Row }) {
  const { state, words, actions } = desk;
  const draft = handedDraft(state, row);
  if (draft === null) return null;
  const { text, isNote } = state.drafts[row.conversation] ?? EMPTY_DRAFT;
  const isNoteBegun = isNote && text !== "";
  return (
    <div class="HandedDraft" data-testid="handed-draft">
      <p class="HandedDraft-by">{words.calls.draftBy(personName(desk, draft.by))}</p>
      <p class="HandedDraft-text">{draft.text}</p>
      <p class="HandedDraft-foot">
        <button
          type="button"
          class="Button Button--small"
          data-testid="draft-discard"
          onClick={() => actions.work.takeDraft(false)}
        >
          {words.calls.draftDiscard}
        </button>
        <button
          type="button"
          class="Button Button--small Button--primary"
          disabled={isNoteBegun}
          title={isNoteBegun ? words.calls.draftNote : undefined}
          data-testid="draft-use"
          onClick={() => actions.work.takeDraft(true)}
        >
          {words.calls.draftUse}
        </button>
      </p>
    </div>
  );
}
