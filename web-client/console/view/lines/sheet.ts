/** What every field of a line's settings is given: the form, what may be done, how to change it. */

import { withValue, type FieldName, type ValueOf } from "../../core/fields.ts";
import { problemsAt, type LineForm } from "../../core/line-form.ts";
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

/** Leads the eye and the keyboard to a field, and in it to the part that is wrong. */
export function goToField(field: FieldName): void {
  const frame = document.querySelector<HTMLElement>(`[data-field="${field}"]`);
  const part = frame?.querySelector<HTMLElement>("[data-spoilt], [aria-invalid='true']") ?? frame;
  part?.scrollIntoView({ block: "center" });
  const control = part?.matches(CONTROL) ? part : part?.querySelector<HTMLElement>(CONTROL);
  control?.focus({ preventScroll: true });
}

/** Whether it is shown: when it matters, and when something is wrong with it all the same. */
export function isShown(sheet: Sheet, matters: boolean, ...fields: FieldName[]): boolean {
  return matters || fields.some((field) => problemsAt(sheet.form, field).length > 0);
}

export function goToSection(section: string): void {
  const heading = document.getElementById(`section-${section}`);
  heading?.scrollIntoView({ block: "start" });
  heading?.focus({ preventScroll: true });
}

const CONTROL = "input, textarea, select, button";
