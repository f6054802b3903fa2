/** Saves, and says how that went and what is still to be mended. */

import { changesOf, spoiltFields } from "../../core/line-form.ts";
import { failureWords } from "../../i18n/failure.ts";
import "./SaveBar.css";
import { goToField, type Sheet } from "./sheet.ts";

export function SaveBar({ sheet }: { sheet: Sheet }) {
  const { form, desk } = sheet;
  const words = desk.words.lines.save;
  const { id } = form.base;
  const { step } = form;
  const changes = changesOf(form).length;
  const isSaving = step.is === "saving";
  return (
    <footer class="SaveBar" data-testid="save-bar" data-step={step.is}>
      <button
        type="button"
        class="Button Button--primary"
        data-testid="save"
        disabled={isSaving || changes === 0 || form.newer !== null}
        onClick={() => desk.actions.lines.save(id)}
      >
        {isSaving ? words.saving : words.save}
      </button>
      {changes > 0 && !isSaving && (
        <button
          type="button"
          class="Button"
          data-testid="discard"
          onClick={() => desk.actions.lines.discard(id)}
        >
          {words.discard}
        </button>
      )}
      <span class={`SaveBar-state SaveBar-state--${step.is}`} role="status" data-testid="save-state">
        {stateWords(sheet, changes)}
      </span>
      <Problems sheet={sheet} />
    </footer>
  );
}

function Problems({ sheet }: { sheet: Sheet }) {
  const { words } = sheet.desk;
  const fields = spoiltFields(sheet.form);
  if (fields.length === 0) return null;
  return (
    <span class="SaveBar-problems" role="alert" data-testid="save-problems">
      {words.lines.save.problems(fields.length)}
      {fields.map((field) => (
        <button key={field} type="button" class="SaveBar-link" onClick={() => goToField(field)}>
          {words.settings.fields[field]}
        </button>
      ))}
    </span>
  );
}

function stateWords(sheet: Sheet, changes: number): string {
  const { words } = sheet.desk;
  const { step } = sheet.form;
  switch (step.is) {
    case "saving":
      return "";
    case "saved":
      return words.lines.save.saved;
    case "failed":
      return failureWords(words, step.failure);
    case "editing":
      return changes > 0 ? words.lines.save.changes(changes) : words.lines.save.none;
    default:
      return step satisfies never;
  }
}
