/** Why somebody is busy or away, in his own words; colleagues see it. */

import { useEffect, useRef, useState } from "preact/hooks";
import { STATUS_REASON_CHARS_MAX, type Status } from "../../client/index.ts";
import "./StatusReason.css";
import type { Desk } from "./desk.ts";

type StatusReasonProps = { desk: Desk; status: Status; reason: string | null };

export function StatusReason({ desk, status, reason }: StatusReasonProps) {
  const [isWriting, setWriting] = useState(false);
  const words = desk.words.status;
  const button = useRef<HTMLButtonElement>(null);
  const left = () => setWriting(false);
  const done = (written: string | null) => {
    button.current?.focus();
    left();
    if (written !== reason) desk.actions.setStatus(status, written);
  };
  return (
    <span class="StatusReason">
      <button
        ref={button}
        type="button"
        class="StatusReason-button"
        title={reason ?? words.reason}
        aria-expanded={isWriting}
        data-testid="status-reason"
        onClick={() => setWriting(true)}
      >
        {reason ?? words.addReason}
      </button>
      {isWriting && <ReasonForm desk={desk} reason={reason} onDone={done} onLeft={left} />}
    </span>
  );
}

type ReasonFormProps = {
  desk: Desk;
  reason: string | null;
  onDone: (reason: string | null) => void;
  onLeft: () => void;
};

function ReasonForm({ desk, reason, onDone, onLeft }: ReasonFormProps) {
  const words = desk.words.status;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submitted = (event: SubmitEvent) => {
    event.preventDefault();
    onDone(field.current?.value.trim() || null);
  };
  const left = (event: FocusEvent) => {
    const form = event.currentTarget as HTMLFormElement;
    if (!form.contains(event.relatedTarget as Node | null)) onLeft();
  };
  return (
    <form class="StatusReason-form" onSubmit={submitted} onFocusOut={left}>
      <input
        ref={field}
        class="Input"
        defaultValue={reason ?? ""}
        maxLength={STATUS_REASON_CHARS_MAX}
        placeholder={words.reason}
        aria-label={words.reason}
        data-testid="status-reason-field"
        onKeyDown={(event) => event.key === "Escape" && onDone(reason)}
      />
      <button class="Button Button--small" data-testid="status-reason-save">
        {words.saveReason}
      </button>
    </form>
  );
}
