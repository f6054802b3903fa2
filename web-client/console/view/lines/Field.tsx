/** The frame of a field: its name, its help, and what is wrong with it. */

import type { ComponentChildren } from "preact";
import { isFieldChanged, type FieldName } from "../../core/fields.ts";
import { numberedProblem, problemsAt } from "../../core/line-form.ts";
import { allowedWords } from "../../i18n/allowed.ts";
import "./Field.css";
import { fieldId, helpId, type Sheet } from "./sheet.ts";

type FieldProps = {
  sheet: Sheet;
  field: FieldName;
  /** `group`: several controls, which the name stands for together. */
  as?: "control" | "group";
  children: ComponentChildren;
};

export function Field({ sheet, field, as = "control", children }: FieldProps) {
  const name = sheet.desk.words.settings.fields[field];
  return (
    <div
      class={fieldClass(sheet, field)}
      data-field={field}
      data-testid={`field-${field}`}
      {...(as === "group" && { role: "group", "aria-labelledby": `name-${field}` })}
    >
      {as === "control" ? (
        <label class="Field-name" for={fieldId(field)}>
          {name}
        </label>
      ) : (
        <span class="Field-name" id={`name-${field}`}>
          {name}
        </span>
      )}
      {children}
      <FieldHelp sheet={sheet} field={field} />
    </div>
  );
}

export function FieldHelp({ sheet, field }: { sheet: Sheet; field: FieldName }) {
  const { words } = sheet.desk;
  const hint = words.settings.hints[field];
  return (
    <div class="Field-help" id={helpId(field)}>
      {hint && <p class="Field-hint">{hint}</p>}
      {problemsAt(sheet.form, field).map((problem) => (
        <p key={problem.field} class="Field-problem" data-testid="problem">
          {words.lines.problem(
            allowedWords(words.lines.allowed, numberedProblem(problem).allowed),
          )}
        </p>
      ))}
    </div>
  );
}

export function fieldClass(sheet: Sheet, field: FieldName): string {
  const { form } = sheet;
  if (problemsAt(form, field).length > 0) return "Field Field--spoilt";
  const isChanged = isFieldChanged(form.base.settings, form.settings, field);
  return isChanged ? "Field Field--changed" : "Field";
}

/** What a control says of its field to those who do not see it. */
export function controlProps(sheet: Sheet, field: FieldName) {
  return {
    id: fieldId(field),
    "aria-describedby": helpId(field),
    "aria-invalid": problemsAt(sheet.form, field).length > 0,
    disabled: !sheet.canEdit,
  };
}
