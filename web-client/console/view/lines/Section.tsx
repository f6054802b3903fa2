/** A group of settings under its name. */

import type { ComponentChildren } from "preact";
import type { SectionName } from "../../core/fields.ts";
import type { Sheet } from "./sheet.ts";
import "./Section.css";

type SectionProps = { sheet: Sheet; name: SectionName; children: ComponentChildren };

export function Section({ sheet, name, children }: SectionProps) {
  return (
    <section class="Section" aria-labelledby={`section-${name}`} data-testid={`section-${name}`}>
      <h2 class="Section-title" id={`section-${name}`} tabIndex={-1}>
        {sheet.desk.words.settings.sections[name]}
      </h2>
      {children}
    </section>
  );
}

/** What only matters when something else is chosen; it stands a little to the right. */
export function Dependent({ children }: { children: ComponentChildren }) {
  return <div class="Section-dependent">{children}</div>;
}
