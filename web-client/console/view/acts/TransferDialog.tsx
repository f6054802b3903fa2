/** Hands a conversation on: to whom, with what state and load, and what is said to him. */

import { useEffect, useRef, useState } from "preact/hooks";
import {
  COMMENT_CHARS_MAX,
  type ConversationId,
  type TargetState,
  type TransferTo,
} from "../../../client/index.ts";
import { can } from "../../core/desk/possible.ts";
import { inOrder, lineTrouble, operatorTrouble, type Targets } from "../../core/desk/targets.ts";
import { Dialog } from "../Dialog.tsx";
import type { Desk } from "../desk.ts";
import { TargetItem } from "./TargetItem.tsx";
import "./TransferDialog.css";
import { lineWords, operatorWords } from "./target.ts";

type Chosen = { to: TransferTo; trouble: TargetState | null };

export function TransferDialog({ desk, conversation }: { desk: Desk; conversation: ConversationId }) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const { state, words, actions } = desk;
  const says = words.dialogs;
  const { targets } = state.work;
  const submitted = (form: FormData) => {
    if (chosen === null) return;
    const comment = String(form.get("comment") ?? "").trim() || null;
    const confirmed = chosen.trouble !== null;
    actions.work.answer({ type: "transfer", conversation, to: chosen.to, comment, confirmed });
  };
  return (
    <Dialog
      title={says.transfer.title}
      testId="transfer-dialog"
      submit={chosen?.trouble ? says.transfer.anyway : says.transfer.submit}
      cancel={says.cancel}
      isUnready={chosen === null}
      onSubmit={submitted}
      onClose={() => actions.work.ask(null)}
    >
      {targets?.failed && (
        <p class="Dialog-problem" role="alert">
          {says.transfer.failed}{" "}
          <button
            type="button"
            class="Button Button--small"
            onClick={() => actions.work.ask({ kind: "transfer", conversation })}
          >
            {says.transfer.retry}
          </button>
        </p>
      )}
      {targets?.value && (
        <TargetLists
          desk={desk}
          conversation={conversation}
          targets={targets.value}
          chosen={chosen}
          onChoose={setChosen}
        />
      )}
      {!targets?.value && !targets?.failed && <p class="Dialog-hint">{says.transfer.loading}</p>}
      <label class="Dialog-field">
        <span>{says.comment}</span>
        <textarea
          class="Input"
          name="comment"
          rows={2}
          maxLength={COMMENT_CHARS_MAX}
          data-testid="transfer-comment"
        />
      </label>
    </Dialog>
  );
}

type TargetListsProps = {
  desk: Desk;
  conversation: ConversationId;
  targets: Targets;
  chosen: Chosen | null;
  onChoose: (chosen: Chosen) => void;
};

function TargetLists({ desk, conversation, targets, chosen, onChoose }: TargetListsProps) {
  const { state, words } = desk;
  const says = words.dialogs.transfer;
  const row = state.rows[conversation];
  const operators = targets.operators.filter(({ id }) => id !== row?.operator);
  const lines = targets.lines.filter(({ id }) => id !== row?.line);
  const isChosen = (to: TransferTo) => chosen?.to.kind === to.kind && chosen.to.id === to.id;
  const place = useRef<HTMLDivElement>(null);
  // They come a moment after the dialog; choosing is what it is for.
  useEffect(() => place.current?.querySelector("input")?.focus(), []);
  return (
    <div class="TransferDialog" ref={place}>
      {row && can(state, "transfer", row) && (
        <fieldset class="TargetItem-list">
          <legend>{says.operators}</legend>
          {operators.length === 0 && <p class="Dialog-hint">{says.noOperators}</p>}
          {inOrder(operators, operatorTrouble).map((target) => {
            const to = { kind: "operator" as const, id: target.id };
            const trouble = operatorTrouble(target);
            return (
              <TargetItem
                key={target.id}
                name={target.name}
                status={target.status}
                says={operatorWords(words, target)}
                trouble={trouble}
                isChosen={isChosen(to)}
                testId="target-operator"
                onChoose={() => onChoose({ to, trouble })}
              />
            );
          })}
        </fieldset>
      )}
      <fieldset class="TargetItem-list">
        <legend>{says.lines}</legend>
        {lines.length === 0 && <p class="Dialog-hint">{says.noLines}</p>}
        {inOrder(lines, lineTrouble).map((target) => {
          const to = { kind: "line" as const, id: target.id };
          const trouble = lineTrouble(target);
          return (
            <TargetItem
              key={target.id}
              name={target.name}
              status={null}
              says={lineWords(words, target)}
              trouble={trouble}
              isChosen={isChosen(to)}
              testId="target-line"
              onChoose={() => onChoose({ to, trouble })}
            />
          );
        })}
      </fieldset>
    </div>
  );
}
