/** A text to customers: the default or an own one, and how it reads. */

import { useRef } from "preact/hooks";
import { valueAt, type TextFieldName } from "../../core/fields.ts";
import {
  defaultText,
  kindOf,
  LINE_TEXT_CHARS_MAX,
  placeholdersOf,
  unknownPlaceholder,
  type Placeholder,
} from "../../core/texts.ts";
import "./CustomerText.css";
import { controlProps, Field } from "./Field.tsx";
import type { Sheet } from "./sheet.ts";
import { TextPreview } from "./TextPreview.tsx";

export function CustomerText({ sheet, field }: { sheet: Sheet; field: TextFieldName }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const { state, words } = sheet.desk;
  const { settings } = sheet.form;
  const own = valueAt(settings, field);
  const standard = defaultText(state.setting.defaults, kindOf(field), settings.language);
  const text = own ?? standard;
  const set = (next: string) => sheet.set(field, next === "" ? null : next);

  const insert = (name: Placeholder) => {
    const before = own ?? "";
    const [start, end] = [box.current?.selectionStart, box.current?.selectionEnd];
    const at = start ?? before.length;
    set(`${before.slice(0, at)}{${name}}${before.slice(end ?? at)}`);
    box.current?.focus();
  };
  return (
    <Field sheet={sheet} field={field}>
      <textarea
        ref={box}
        class="Input CustomerText-box"
        rows={3}
        value={own ?? ""}
        placeholder={standard}
        {...controlProps(sheet, field)}
        onInput={(event) => set(event.currentTarget.value)}
      />
      {sheet.canEdit && (
        <div class="CustomerText-tools">
          <span class={own === null ? "CustomerText-which" : "CustomerText-which CustomerText-which--own"}>
            {own === null ? words.lines.text.isDefault : words.lines.text.isOwn}
          </span>
          <button
            type="button"
            class="Button Button--small"
            data-testid="default-text"
            disabled={own === null && standard === ""}
            onClick={() => sheet.set(field, own === null ? standard : null)}
          >
            {own === null ? words.lines.text.startFromDefault : words.lines.text.backToDefault}
          </button>
          <span class="CustomerText-insert">
            {words.lines.text.insert}
            {placeholdersOf(field).map((name) => (
              <button
                key={name}
                type="button"
                class="CustomerText-placeholder"
                title={words.lines.text.placeholders[name]}
                onClick={() => insert(name)}
              >
                {`{${name}}`}
              </button>
            ))}
          </span>
        </div>
      )}
      <Warnings sheet={sheet} field={field} text={text} />
      <TextPreview sheet={sheet} text={text} />
    </Field>
  );
}

function Warnings({ sheet, field, text }: { sheet: Sheet; field: TextFieldName; text: string }) {
  const words = sheet.desk.words.lines.text;
  const unknown = unknownPlaceholder(text, placeholdersOf(field));
  const over = [...text].length - LINE_TEXT_CHARS_MAX;
  return (
    <>
      {unknown !== null && <p class="Field-problem">{words.unknown(unknown)}</p>}
      {over > 0 && <p class="Field-problem">{words.tooLong(over)}</p>}
    </>
  );
}
