/** What every field of a line's settings is given: the form, what may be done, how to change it. */

import { withValue, type FieldName, type ValueOf } from "../../core/fields.ts";
import type { LineForm } from "../../core/line-form.ts";
import { administers } from "../../core/select-lines.ts";
import type { Desk } from "../desk.ts";

export type Sheet = {
  desk: Desk;
  form: LineForm;
  canEdit: boolean;
  set<F extends FieldName>(field: F, value: ValueOf<F>): void;
};

export function sheetOf(desk: Desk, form: LineForm): Sheet {
  const { id, archived } = form.base;
  return {
    desk,
    form,
    canEdit: administers(desk.state) && !archived,
    set: (field, value) => desk.actions.lines.edit(id, withValue(form.settings, field, value)),
  };
}

export function fieldId(field: FieldName): string {
  return `field-${field}`;
}

/** What the help below a field is found by. */
export function helpId(field: FieldName): string {
  return `help-${field}`;
}

/** Leads the eye and the keyboard to a field. */
export function goToField(field: FieldName): void {
  const frame = document.querySelector<HTMLElement>(`[data-field="${field}"]`);
  frame?.scrollIntoView({ block: "center" });
  const control = frame?.querySelector<HTMLElement>("input, textarea, select, button");
  control?.focus({ preventScroll: true });
}

export function goToSection(section: string): void {
  const heading = document.getElementById(`section-${section}`);
  heading?.scrollIntoView({ block: "start" });
  heading?.focus({ preventScroll: true });
}
