/** Personas of those who are not in the queue and may answer all the same. */

import { useState } from "preact/hooks";
import { operatorsBeside } from "../../core/select-lines.ts";
import { Field } from "./Field.tsx";
import { OperatorPicker } from "./OperatorPicker.tsx";
import "./OtherPersonas.css";
import { PersonaFields } from "./PersonaFields.tsx";
import { fieldId, type Sheet } from "./sheet.ts";

export function OtherPersonas({ sheet }: { sheet: Sheet }) {
  const { desk, form } = sheet;
  const { state } = desk;
  const words = desk.words.lines;
  const [added, setAdded] = useState<readonly string[]>([]);
  const queue = form.settings.queue.operators;
  const named = form.settings.personas.map(({ operator }) => operator);
  const shown = [...new Set([...named, ...added])].filter((id) => !queue.includes(id));
  return (
    <Field sheet={sheet} field="personas" as="group">
      <p class="Field-hint">{words.personas.inQueue}</p>
      {shown.length > 0 && <p class="Field-hint">{words.personas.others}</p>}
      <ul class="OtherPersonas">
        {shown.map((id) => {
          const name = state.operators[id]?.name ?? words.queue.unknown;
          return (
            <li key={id}>
              <span class="OtherPersonas-who">{name}</span>
              <PersonaFields sheet={sheet} operator={id} name={name} />
            </li>
          );
        })}
      </ul>
      {sheet.canEdit && (
        <OperatorPicker
          desk={desk}
          id={fieldId("personas")}
          label={words.personas.add}
          operators={operatorsBeside(state, [...queue, ...shown])}
          onPick={(id) => setAdded([...added, id])}
        />
      )}
    </Field>
  );
}
