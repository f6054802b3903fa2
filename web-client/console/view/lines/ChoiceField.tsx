/** One of a few, each with what it means. */

import { valueAt, type ChoiceFieldName, type ValueOf } from "../../core/fields.ts";
import type { Choice } from "../../i18n/settings.en.ts";
import { fieldClass, FieldHelp } from "./Field.tsx";
import "./ChoiceField.css";
import { fieldId, helpId, type Sheet } from "./sheet.ts";

type ChoiceFieldProps<F extends ChoiceFieldName> = { sheet: Sheet; field: F };

export function ChoiceField<F extends ChoiceFieldName>({ sheet, field }: ChoiceFieldProps<F>) {
  const { fields, choices } = sheet.desk.words.settings;
  const chosen = valueAt(sheet.form.settings, field);
  const offered = Object.entries(choices[field]) as [ValueOf<F>, Choice][];
  return (
    <fieldset
      class={fieldClass(sheet, field)}
      disabled={!sheet.canEdit}
      aria-describedby={helpId(field)}
      data-field={field}
      data-testid={`field-${field}`}
    >
      <legend class="Field-name">{fields[field]}</legend>
      <div class="ChoiceField">
        {offered.map(([value, { name, means }]) => (
          <label key={value} class="ChoiceField-choice">
            <input
              type="radio"
              name={fieldId(field)}
              value={value}
              checked={value === chosen}
              onChange={() => sheet.set(field, value)}
            />
            <span>
              <b>{name}</b>
              {means !== "" && <small>{means}</small>}
            </span>
          </label>
        ))}
      </div>
      <FieldHelp sheet={sheet} field={field} />
    </fieldset>
  );
}
