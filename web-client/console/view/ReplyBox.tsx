/** Where one writes to the customer, or a note to colleagues. */

import { useEffect, useRef } from "preact/hooks";
import { TEXT_CHARS_MAX, type Row } from "../../client/index.ts";
import { handedDraft } from "../core/desk/drafts.ts";
import { isComing, myOffer, writing, type Writing } from "../core/select.ts";
import { EMPTY_DRAFT } from "../core/state.ts";
import { HandedDraft } from "./HandedDraft.tsx";
import "./ReplyBox.css";
import { ReplyTimeHint } from "./ReplyTimeHint.tsx";
import { UploadList } from "./UploadList.tsx";
import { personName, type Desk } from "./desk.ts";

export function ReplyBox({ desk, row }: { desk: Desk; row: Row }) {
  const may = writing(desk.state, row);
  const why = may?.canReply ? null : whyNot(desk, row);
  return (
    <footer class="ReplyBox" data-testid="reply-place">
      {why && (
        <p class="ReplyBox-why" data-testid="cannot-reply">
          {why}
        </p>
      )}
      {may?.canReply && <ReplyTimeHint desk={desk} row={row} />}
      <HandedDraft desk={desk} row={row} />
      {may && <WritingPlace desk={desk} row={row} may={may} />}
    </footer>
  );
}

function WritingPlace({ desk, row, may }: { desk: Desk; row: Row; may: Writing }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const { state, words, actions } = desk;
  const id = row.conversation;
  const { text } = state.drafts[id] ?? EMPTY_DRAFT;
  const { canReply, canNote, canSend, isNote, edits } = may;
  const draft = state.drafts[id] ?? EMPTY_DRAFT;
  const over = [...text].length - TEXT_CHARS_MAX;

  const isReplying = !isNote && (canReply || isComing(state, row));
  // What is written to the customer and cannot be sent stays where it can be read and copied.
  const isShut = !isReplying && !isNote && text === "";

  const isAskedOfDraft = handedDraft(state, row) !== null;
  useEffect(() => {
    if (isAskedOfDraft || (!isReplying && !isNote)) return;
    box.current?.focus({ preventScroll: true });
    box.current?.setSelectionRange(text.length, text.length);
  }, [isReplying, isNote, isAskedOfDraft, edits]);

  const send = () => {
    if (!canSend) return;
    if (edits === null) actions.send(id, text.trim(), isNote);
    else actions.edit(id, edits, text.trim());
  };
  const keyed = (event: KeyboardEvent) => {
    if (event.key === "Escape" && edits !== null) {
      event.preventDefault();
      return actions.endEdit(id);
    }
    // Enter that ends the input of a composed character is not meant for us.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  const noteButton = (canNote || isNote) && edits === null && (
    <button
      type="button"
      class="Button Button--small ReplyBox-note"
      aria-pressed={isNote}
      title={words.reply.notePlaceholder}
      data-testid="note-toggle"
      onClick={() => actions.draft(id, { text, isNote: !isNote })}
    >
      {words.reply.note}
    </button>
  );
  if (isShut) return <div class="ReplyBox-writing">{noteButton}</div>;
  const mayAttach = canReply && !isNote && edits === null;
  const attach = (files: FileList | null | undefined) => {
    if (!mayAttach || !files || files.length === 0) return false;
    actions.attach(id, [...files]);
    return true;
  };
  const label =
    edits !== null
      ? words.reply.editing
      : isNote
        ? words.reply.notePlaceholder
        : words.reply.placeholder;
  return (
    <div
      class={isNote ? "ReplyBox-writing ReplyBox-writing--note" : "ReplyBox-writing"}
      data-testid="drop-place"
      onDragOver={(event) => mayAttach && event.preventDefault()}
      onDrop={(event) => attach(event.dataTransfer?.files) && event.preventDefault()}
      onPaste={(event) => attach(event.clipboardData?.files) && event.preventDefault()}
    >
      {mayAttach && <UploadList desk={desk} conversation={id} />}
      {edits !== null && (
        <p class="ReplyBox-editing" data-testid="editing">
          {words.reply.editing}
          <button
            type="button"
            class="Button Button--small"
            data-testid="edit-cancel"
            onClick={() => actions.endEdit(id)}
          >
            {words.reply.cancelEdit}
          </button>
        </p>
      )}
      <textarea
        ref={box}
        class="ReplyBox-text"
        rows={3}
        value={text}
        placeholder={label}
        aria-label={label}
        data-testid="reply-box"
        onInput={(event) => actions.draft(id, { ...draft, text: event.currentTarget.value })}
        onKeyDown={keyed}
      />
      <div class="ReplyBox-foot">
        {noteButton}
        {mayAttach && (
          <label class="Button Button--small ReplyBox-attach">
            {words.reply.attach}
            <input
              class="ReplyBox-file"
              type="file"
              multiple
              data-testid="attach"
              onChange={(event) => {
                attach(event.currentTarget.files);
                event.currentTarget.value = "";
              }}
            />
          </label>
        )}
        <span class={over > 0 ? "ReplyBox-hint ReplyBox-hint--over" : "ReplyBox-hint"}>
          {over > 0 ? words.reply.tooLong(over) : words.reply.hint}
        </span>
        <button
          type="button"
          class="Button Button--primary"
          data-testid="send"
          disabled={!canSend}
          onClick={send}
        >
          {edits !== null ? words.reply.saveEdit : isNote ? words.reply.sendNote : words.reply.send}
        </button>
      </div>
    </div>
  );
}

/** Why one cannot write to the customer here. */
function whyNot(desk: Desk, row: Row): string | null {
  const { state } = desk;
  const words = desk.words.reply;
  if (isComing(state, row)) return words.coming;
  switch (row.state) {
    case "offered":
      if (myOffer(state, row)) return words.offered;
      if (row.handed_by === undefined || row.handed_by !== state.me?.id) return null;
      return words.handed(row.offers.map(({ operator }) => personName(desk, operator)).join(", "));
    case "waiting":
      return words.waiting;
    case "active":
      return row.operator ? words.others(personName(desk, row.operator)) : null;
    case "closing":
      return words.closing;
    case "closed":
      return words.closed;
    default:
      return row.state satisfies never;
  }
}
