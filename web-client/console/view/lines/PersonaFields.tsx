/** The name and the picture of one operator for the customers of this line. */

import type { OperatorId } from "../../../client/index.ts";
import type { Persona } from "../../core/line.ts";
import "./PersonaFields.css";
import type { Sheet } from "./sheet.ts";

type PersonaFieldsProps = { sheet: Sheet; operator: OperatorId; name: string };

export function PersonaFields({ sheet, operator, name }: PersonaFieldsProps) {
  const words = sheet.desk.words.lines.personas;
  const { personas } = sheet.form.settings;
  const persona = personas.find((one) => one.operator === operator);
  const set = (change: Partial<Persona>) => {
    const next = { operator, name: "", picture: null, ...persona, ...change };
    sheet.set("personas", withPersona(personas, next));
  };
  const isSpoilt = persona !== undefined && persona.name.trim() === "";
  return (
    <span class="PersonaFields" data-testid="persona">
      <input
        type="text"
        class="Input PersonaFields-name"
        aria-label={words.name(name)}
        aria-invalid={isSpoilt}
        placeholder={words.namePlaceholder}
        value={persona?.name ?? ""}
        disabled={!sheet.canEdit}
        onInput={(event) => set({ name: event.currentTarget.value })}
      />
      <input
        type="url"
        class="Input PersonaFields-picture"
        aria-label={words.picture(name)}
        aria-invalid={persona?.picture != null && !persona.picture.startsWith("https://")}
        placeholder={words.picturePlaceholder}
        value={persona?.picture ?? ""}
        disabled={!sheet.canEdit}
        onInput={(event) => set({ picture: event.currentTarget.value || null })}
      />
    </span>
  );
}

/** Where there is neither a name nor a picture, there is no persona. */
function withPersona(personas: readonly Persona[], persona: Persona): readonly Persona[] {
  const isIt = ({ operator }: Persona) => operator === persona.operator;
  const isEmpty = persona.name === "" && persona.picture === null;
  if (isEmpty) return personas.filter((one) => !isIt(one));
  if (!personas.some(isIt)) return [...personas, persona];
  return personas.map((one) => (isIt(one) ? persona : one));
}
