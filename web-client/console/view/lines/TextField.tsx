import { valueAt, type FieldOf } from "../../core/fields.ts";
import { controlProps, Field } from "./Field.tsx";
import type { Sheet } from "./sheet.ts";
import "./TextField.css";

type TextFieldProps = {
  sheet: Sheet;
  field: Extract<FieldOf<string>, "name" | "hours.timezone">;
  /** The id of a list of proposals. */
  list?: string;
};

export function TextField({ sheet, field, list }: TextFieldProps) {
  return (
    <Field sheet={sheet} field={field}>
      <input
        type="text"
        class="Input TextField"
        autocomplete="off"
        spellcheck={false}
        value={valueAt(sheet.form.settings, field)}
        {...(list !== undefined && { list })}
        {...controlProps(sheet, field)}
        onInput={(event) => sheet.set(field, event.currentTarget.value)}
      />
    </Field>
  );
}
