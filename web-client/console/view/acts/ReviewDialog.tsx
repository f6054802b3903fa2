/** What a supervisor thinks of how it was handled. */

import { useState } from "preact/hooks";
import { COMMENT_CHARS_MAX, type ConversationId } from "../../../client/index.ts";
import { Dialog } from "../Dialog.tsx";
import type { Desk } from "../desk.ts";
import "./ReviewDialog.css";

const STARS = [1, 2, 3, 4, 5] as const;

export function ReviewDialog({ desk, conversation }: { desk: Desk; conversation: ConversationId }) {
  const { state, words, actions } = desk;
  const row = state.rows[conversation] ?? state.chat?.row;
  const [stars, setStars] = useState(row?.review ?? 0);
  const says = words.dialogs.review;
  const submitted = (form: FormData) => {
    const comment = String(form.get("comment") ?? "").trim() || null;
    actions.work.answer({ type: "review", conversation, stars, comment });
  };
  return (
    <Dialog
      title={says.title}
      testId="review-dialog"
      submit={says.submit}
      cancel={words.dialogs.cancel}
      isUnready={stars === 0}
      onSubmit={submitted}
      onClose={() => actions.work.ask(null)}
    >
      <div class="ReviewDialog-stars" role="radiogroup" aria-label={says.title}>
        {STARS.map((n) => (
          <label key={n} class="ReviewDialog-star" title={says.stars(n)}>
            <input
              class="Hidden"
              type="radio"
              name="stars"
              checked={stars === n}
              aria-label={says.stars(n)}
              data-testid={`stars-${n}`}
              onChange={() => setStars(n)}
            />
            <span aria-hidden="true">{n <= stars ? "★" : "☆"}</span>
          </label>
        ))}
      </div>
      <label class="Dialog-field">
        <span>{says.comment}</span>
        <textarea class="Input" name="comment" rows={3} maxLength={COMMENT_CHARS_MAX} />
      </label>
    </Dialog>
  );
}
