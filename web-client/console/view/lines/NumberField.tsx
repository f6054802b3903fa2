/** A number with its unit; seconds are said in minutes too. */

import { valueAt, type FieldOf } from "../../core/fields.ts";
import { controlProps, Field } from "./Field.tsx";
import "./NumberField.css";
import type { Sheet } from "./sheet.ts";
import { secondsWords } from "./values.ts";

type NumberFieldProps = {
  sheet: Sheet;
  field: FieldOf<number>;
  unit: "seconds" | "days";
  /** What is allowed, where it differs from site to site. */
  range?: string | undefined;
};

export function NumberField({ sheet, field, unit, range }: NumberFieldProps) {
  const { words } = sheet.desk;
  const value = valueAt(sheet.form.settings, field);
  return (
    <Field sheet={sheet} field={field}>
      <span class="NumberField">
        <input
          type="number"
          class="Input NumberField-input"
          inputMode="numeric"
          min={0}
          step={1}
          value={Number.isNaN(value) ? "" : value}
          {...controlProps(sheet, field)}
          onInput={(event) => sheet.set(field, event.currentTarget.valueAsNumber)}
        />
        <span>{words.lines.units[unit]}</span>
        {unit === "seconds" && value > 0 && (
          <span class="NumberField-same" data-testid="same">
            = {secondsWords(words, value)}
          </span>
        )}
        {range !== undefined && <span class="NumberField-range">{range}</span>}
      </span>
    </Field>
  );
}
