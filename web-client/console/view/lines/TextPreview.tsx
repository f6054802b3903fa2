/** A text as a customer would read it. */

import { filled, sampleValues } from "../../core/texts.ts";
import { personName } from "../desk.ts";
import type { Sheet } from "./sheet.ts";
import "./TextPreview.css";

export function TextPreview({ sheet, text, what }: { sheet: Sheet; text: string; what?: string }) {
  const { desk, form } = sheet;
  if (text.trim() === "") return null;
  const company = desk.state.setting.defaults?.company ?? "";
  const values = sampleValues(form.settings, company, (operator) => personName(desk, operator));
  return (
    <figure class="TextPreview" data-testid="text-preview">
      <figcaption>{what ?? desk.words.lines.text.preview}</figcaption>
      <p lang={form.settings.language}>{filled(text, values)}</p>
    </figure>
  );
}
