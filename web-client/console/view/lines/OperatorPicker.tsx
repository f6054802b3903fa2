/** Chooses one of several operators; choosing is adding. */

import type { OperatorId, OperatorView } from "../../../client/index.ts";
import type { Desk } from "../desk.ts";
import "./OperatorPicker.css";

type OperatorPickerProps = {
  desk: Desk;
  id: string;
  label: string;
  operators: readonly OperatorView[];
  onPick: (operator: OperatorId) => void;
};

export function OperatorPicker({ desk, id, label, operators, onPick }: OperatorPickerProps) {
  return (
    <select
      id={id}
      class="Input OperatorPicker"
      aria-label={label}
      value=""
      data-testid="pick-operator"
      onChange={(event) => {
        const picked = event.currentTarget.value;
        event.currentTarget.value = "";
        if (picked !== "") onPick(picked);
      }}
    >
      <option value="">{label}…</option>
      {operators.map(({ id: operator, name, role }) => (
        <option key={operator} value={operator}>
          {name} · {desk.words.roles[role]}
        </option>
      ))}
    </select>
  );
}
