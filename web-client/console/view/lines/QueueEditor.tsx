/** Who is in the queue, in which order; with personas, as whom customers see them. */

import type { OperatorId } from "../../../client/index.ts";
import { operatorsBeside } from "../../core/select-lines.ts";
import { Field } from "./Field.tsx";
import { OperatorPicker } from "./OperatorPicker.tsx";
import { OrderedList } from "./OrderedList.tsx";
import { PersonaFields } from "./PersonaFields.tsx";
import "./QueueEditor.css";
import { fieldId, isShown, type Sheet } from "./sheet.ts";

export function QueueEditor({ sheet }: { sheet: Sheet }) {
  const { desk, canEdit } = sheet;
  const { state } = desk;
  const words = desk.words.lines;
  const { operators } = sheet.form.settings.queue;
  const set = (next: readonly OperatorId[]) => sheet.set("queue.operators", next);
  const nameOf = (id: OperatorId) => state.operators[id]?.name ?? words.queue.unknown;
  const beside = operatorsBeside(state, operators);
  return (
    <Field sheet={sheet} field="queue.operators" as="group">
      {operators.length === 0 && (
        <p class="QueueEditor-empty" role="status" data-testid="empty-queue">
          {words.queue.empty}
        </p>
      )}
      <OrderedList
        words={desk.words}
        label={desk.words.settings.fields["queue.operators"]}
        items={operators}
        keyOf={(id) => id}
        nameOf={nameOf}
        canEdit={canEdit}
        onOrder={set}
        onRemove={(index) => set(operators.filter((_, other) => other !== index))}
        show={(id) => <QueuedOperator sheet={sheet} operator={id} name={nameOf(id)} />}
      />
      {canEdit && (
        <div class="QueueEditor-add">
          {beside.length === 0 ? (
            <span>{words.queue.everybodyIn}</span>
          ) : (
            <>
              <OperatorPicker
                desk={desk}
                id={fieldId("queue.operators")}
                label={words.queue.add}
                operators={beside}
                onPick={(id) => set([...operators, id])}
              />
              <button
                type="button"
                class="Button"
                data-testid="add-all"
                onClick={() => set([...operators, ...beside.map(({ id }) => id)])}
              >
                {words.queue.addAll}
              </button>
            </>
          )}
          {operators.length > 1 && <span>{words.order.hint}</span>}
        </div>
      )}
    </Field>
  );
}

type QueuedOperatorProps = { sheet: Sheet; operator: OperatorId; name: string };

function QueuedOperator({ sheet, operator, name }: QueuedOperatorProps) {
  const { state, words } = sheet.desk;
  const view = state.operators[operator];
  const hasPersonas = sheet.form.settings.operator_shown_as === "persona";
  return (
    <div class="QueueEditor-row">
      <span class="QueueEditor-who">
        {name}
        {view && !view.enabled && <small>{words.lines.queue.disabled}</small>}
        {view?.enabled && (
          <small class={`QueueEditor-status QueueEditor-status--${view.status}`}>
            {words.status[view.status]}
          </small>
        )}
      </span>
      {isShown(sheet, hasPersonas, "personas") && (
        <PersonaFields sheet={sheet} operator={operator} name={name} />
      )}
    </div>
  );
}
