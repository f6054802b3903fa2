/** Changes what the card says. What is not touched follows the card. */

import { cardFields, type Card, type CardFields } from "../../core/desk/card.ts";
import type { Desk } from "../desk.ts";
import "./CardForm.css";

const NAME_CHARS_MAX = 100;
const NOTE_CHARS_MAX = 2_000;

export function CardForm({ desk, card }: { desk: Desk; card: Card }) {
  const { state, actions } = desk;
  const words = desk.words.card;
  const fields = cardFields(card);
  if (fields === null) return null;
  const edit = (change: Partial<CardFields>) => actions.card.edit({ ...card.edits, ...change });
  const people = Object.values(state.operators)
    .filter(({ id, enabled }) => enabled || id === fields.responsible)
    .sort((a, b) => a.name.localeCompare(b.name));
  const submitted = (event: SubmitEvent) => {
    event.preventDefault();
    actions.card.save();
  };
  return (
    <form class="CardForm CustomerCard-section CustomerCard-section--first" onSubmit={submitted}>
      {(["name", "surname"] as const).map((name) => (
        <label key={name} class="CardForm-field">
          <span>{words[name]}</span>
          <input
            class="Input"
            value={fields[name]}
            maxLength={NAME_CHARS_MAX}
            autocomplete="off"
            data-testid={`card-${name}-field`}
            onInput={(event) => edit({ [name]: event.currentTarget.value })}
          />
        </label>
      ))}
      <label class="CardForm-field">
        <span>{words.responsible}</span>
        <select
          class="Input"
          value={fields.responsible ?? ""}
          data-testid="card-responsible-field"
          onChange={(event) => edit({ responsible: event.currentTarget.value || null })}
        >
          <option value="">{words.nobody}</option>
          {people.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="CardForm-field">
        <span>{words.note}</span>
        <textarea
          class="Input"
          rows={4}
          value={fields.note}
          maxLength={NOTE_CHARS_MAX}
          data-testid="card-note-field"
          onInput={(event) => edit({ note: event.currentTarget.value })}
        />
      </label>
      <p class="CardForm-foot">
        <button type="button" class="Button" onClick={() => actions.card.edit(null)}>
          {words.cancel}
        </button>
        <button class="Button Button--primary" disabled={card.isBusy} data-testid="card-save">
          {words.save}
        </button>
      </p>
    </form>
  );
}
