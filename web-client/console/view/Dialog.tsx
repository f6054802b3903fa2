/** A question in front of everything else. Escape is an answer too: nothing is done. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import "./Dialog.css";

type DialogProps = {
  title: string;
  lead?: string;
  testId: string;
  /** What is done, in a word. */
  submit: string;
  cancel: string;
  isGrave?: boolean;
  isBusy?: boolean;
  /** Nothing can be done yet. */
  isUnready?: boolean;
  onSubmit: (form: FormData) => void;
  onClose: () => void;
  children?: ComponentChildren;
};

export function Dialog(props: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const submitted = (event: SubmitEvent) => {
    event.preventDefault();
    props.onSubmit(new FormData(event.currentTarget as HTMLFormElement));
  };
  const cancelled = (event: Event) => {
    event.preventDefault();
    props.onClose();
  };
  return (
    <dialog
      ref={box}
      class="Dialog"
      aria-label={props.title}
      data-testid={props.testId}
      onCancel={cancelled}
    >
      <form class="Dialog-form" method="dialog" onSubmit={submitted}>
        <h2 class="Dialog-title">{props.title}</h2>
        {props.lead && <p class="Dialog-lead">{props.lead}</p>}
        <div class="Dialog-body">{props.children}</div>
        <p class="Dialog-foot">
          <button type="button" class="Button" data-testid="dialog-cancel" onClick={props.onClose}>
            {props.cancel}
          </button>
          <button
            class={props.isGrave ? "Button Dialog-grave" : "Button Button--primary"}
            disabled={props.isBusy || props.isUnready}
            data-testid="dialog-submit"
          >
            {props.submit}
          </button>
        </p>
      </form>
    </dialog>
  );
}
