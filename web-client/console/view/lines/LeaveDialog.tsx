/** Asks what becomes of changes that are not saved, before one goes elsewhere. */

import { useEffect, useRef } from "preact/hooks";
import type { LineId } from "../../../client/index.ts";
import { lineOf } from "../../core/lines.ts";
import type { Desk } from "../desk.ts";
import "./LeaveDialog.css";

export function LeaveDialog({ desk, line }: { desk: Desk; line: LineId }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { leaving } = desk.state.setting;
  const { stay, leave } = desk.actions.lines;
  const words = desk.words.lines.leave;
  const isAsked = leaving !== null;
  useEffect(() => {
    if (isAsked) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isAsked]);
  return (
    <dialog
      ref={dialog}
      class="LeaveDialog"
      aria-labelledby="leave-title"
      data-testid="leave-dialog"
      onCancel={stay}
    >
      <h2 id="leave-title">{words.title}</h2>
      <p>{words.lead(lineOf(desk.state.setting, line)?.settings.name ?? "")}</p>
      <div class="LeaveDialog-buttons">
        <button
          type="button"
          class="Button Button--primary"
          data-testid="leave-save"
          onClick={() => leave("save")}
        >
          {words.save}
        </button>
        {leaving !== "signed_out" && (
          <button
            type="button"
            class="Button"
            data-testid="leave-keep"
            onClick={() => leave("keep")}
          >
            {words.keep}
          </button>
        )}
        <button
          type="button"
          class="Button"
          data-testid="leave-discard"
          onClick={() => leave("discard")}
        >
          {words.discard}
        </button>
        <button type="button" class="Button" data-testid="leave-stay" onClick={stay}>
          {words.stay}
        </button>
      </div>
    </dialog>
  );
}
