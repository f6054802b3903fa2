/** Yes or no. */

import { valueAt, type FieldOf } from "../../core/fields.ts";
import { controlProps, fieldClass, FieldHelp } from "./Field.tsx";
import "./SwitchField.css";
import { fieldId, type Sheet } from "./sheet.ts";

export function SwitchField({ sheet, field }: { sheet: Sheet; field: FieldOf<boolean> }) {
  const { fields } = sheet.desk.words.settings;
  return (
    <div
      class={`${fieldClass(sheet, field)} SwitchField`}
      data-field={field}
      data-testid={`field-${field}`}
    >
      <input
        type="checkbox"
        class="SwitchField-box"
        checked={valueAt(sheet.form.settings, field)}
        {...controlProps(sheet, field)}
        onChange={(event) => sheet.set(field, event.currentTarget.checked)}
      />
      <div>
        <label class="Field-name" for={fieldId(field)}>
          {fields[field]}
        </label>
        <FieldHelp sheet={sheet} field={field} />
      </div>
    </div>
  );
}
