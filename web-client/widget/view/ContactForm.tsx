import { TEXT_CHARS_MAX } from "../core/protocol.ts";
import { fields, type Wanted } from "../core/select.ts";
import type { Words } from "../i18n/en.ts";
import type { Shown } from "./App.tsx";

const MODES = { name: "text", phone: "tel", email: "email" } as const;
const FILLS = { name: "name", phone: "tel", email: "email" } as const;

type Props = Shown & { wanted: Exclude<Wanted, null> };

/** Asks who the visitor is, for his consent, or both; while the line is closed also what he wants. */
export function ContactForm({ wanted, state, words, actions }: Props) {
  const { widget, form } = state;
  if (widget === null) return null;
  const asked = wanted === "consent" || state.introduced ? [] : fields(widget.form);
  const consent = state.consented ? null : widget.consent;
  const wrong = form.problem?.code === "bad_value" ? form.problem.field : null;
  return (
    <form
      class="form"
      data-testid="form"
      onSubmit={(event) => {
        event.preventDefault();
        const given = new FormData(event.currentTarget);
        const text = (name: string) => String(given.get(name) ?? "").trim();
        actions.introduce({
          name: text("name"),
          phone: text("phone"),
          email: text("email"),
          consent: given.has("consent"),
          question: text("question"),
        });
      }}
    >
      {wanted !== "consent" && <p>{wanted === "offline" ? words.offlineForm : words.contacts}</p>}
      {asked.map(({ name, required }, at) => (
        <label key={name}>
          <span>
            {words[name]}
            {!required && <small> ({words.optional})</small>}
          </span>
          <input
            data-first={at === 0}
            data-testid={`field-${name}`}
            name={name}
            type="text"
            inputMode={MODES[name]}
            autocomplete={FILLS[name]}
            required={required}
            maxLength={200}
            aria-invalid={wrong === name}
          />
        </label>
      ))}
      {wanted === "offline" && (
        <label>
          <span>{words.question}</span>
          <textarea
            data-testid="field-question"
            name="question"
            rows={2}
            required
            maxLength={TEXT_CHARS_MAX}
          />
        </label>
      )}
      {consent !== null && (
        <>
          <p class="form-consent" data-testid="consent">
            {consent}
          </p>
          <label class="form-agree">
            <input type="checkbox" data-testid="agree" name="consent" required />
            <span>{words.agree}</span>
          </label>
        </>
      )}
      {form.problem !== null && (
        <p role="alert" class="form-problem" data-testid="form-problem">
          {problemOf(wrong, words)}
        </p>
      )}
      <button type="submit" data-testid="form-send" disabled={form.busy !== null}>
        {wanted === "offline" ? words.send : words.begin}
      </button>
    </form>
  );
}

function problemOf(field: string | null, words: Words): string {
  if (field === "name" || field === "phone" || field === "email") return words.wrong[field];
  return words.wrong.other;
}
