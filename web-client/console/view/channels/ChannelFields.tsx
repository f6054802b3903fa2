/** The fields of a channel: name and line, then what its platform must be told. */

import {
  groupOf,
  problemsOf,
  valueOf,
  type Channel,
  type ChannelField,
  type ChannelForm,
  type ChannelKind,
} from "../../core/channels.ts";
import type { ComponentChildren } from "preact";
import type { ChannelWords } from "../../i18n/channels.en.ts";
import { choiceName, fieldHint, fieldName, groupName } from "../../i18n/channels.ts";
import { allowedWords } from "../../i18n/allowed.ts";
import type { Desk } from "../desk.ts";
import { WidgetPreview } from "./WidgetPreview.tsx";

type FieldsProps = { desk: Desk; form: ChannelForm; channel: Channel | null; kind: ChannelKind };

export function ChannelFields({ desk, form, channel, kind }: FieldsProps) {
  const words = desk.words.channels;
  const { change } = desk.actions.channels;
  const lines = Object.values(desk.state.lines).sort((a, b) => a.name.localeCompare(b.name));
  return (
    <>
      <Frame desk={desk} form={form} name="name" label={words.fields.name} hint="">
        <input
          id="channel-name"
          class="Input"
          value={form.name}
          maxLength={100}
          onInput={(event) => change({ name: event.currentTarget.value })}
        />
      </Frame>
      <Frame desk={desk} form={form} name="line" label={words.fields.line} hint={words.lineHint}>
        <select
          id="channel-line"
          class="Input"
          value={form.line ?? ""}
          onChange={(event) => change({ line: event.currentTarget.value || null })}
        >
          <option value="">{words.noLine}</option>
          {lines.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </Frame>
      {kind.fields.map((field) =>
        groupOf(field) === null ? (
          <PlatformField key={field.name} desk={desk} form={form} channel={channel} field={field} />
        ) : null,
      )}
      {groupsOf(kind).map((group) => (
        <fieldset key={group} class="ChannelPage-group" data-testid={`channel-group-${group}`}>
          <legend>{groupName(words, group)}</legend>
          {kind.fields.map((field) =>
            groupOf(field) === group ? (
              <PlatformField
                key={field.name}
                desk={desk}
                form={form}
                channel={channel}
                field={field}
              />
            ) : null,
          )}
          {group === "look" && (
            <WidgetPreview desk={desk} form={form} channel={channel} kind={kind} />
          )}
        </fieldset>
      ))}
      {channel !== null && (
        <label class="ChannelPage-flag">
          <input
            type="checkbox"
            checked={form.enabled}
            onChange={(event) => change({ enabled: event.currentTarget.checked })}
          />
          {words.fields.enabled}
        </label>
      )}
    </>
  );
}

type PlatformFieldProps = {
  desk: Desk;
  form: ChannelForm;
  channel: Channel | null;
  field: ChannelField;
};

/** In the order of their fields. */
function groupsOf({ fields }: ChannelKind): string[] {
  const groups = fields.map(groupOf).filter((group) => group !== null);
  return [...new Set(groups)];
}

function PlatformField({ desk, form, channel, field }: PlatformFieldProps) {
  const words = desk.words.channels;
  const { setField } = desk.actions.channels;
  const value = valueOf(form, channel, field);
  const [label, hint] = [fieldName(words, field.name), fieldHint(words, field.name)];
  if (typeof value === "boolean") {
    return (
      <label class="ChannelPage-flag">
        <input
          type="checkbox"
          checked={value}
          data-testid={`channel-field-${field.name}`}
          onChange={(event) => setField(field.name, event.currentTarget.checked)}
        />
        <span>
          {label}
          {hint && <small>{hint}</small>}
        </span>
      </label>
    );
  }
  if (field.is === "origins") {
    return (
      <Frame desk={desk} form={form} name={`settings.${field.name}`} label={label} hint={hint}>
        <textarea
          id={`channel-settings.${field.name}`}
          class="Input ChannelPage-lines"
          rows={3}
          value={value}
          spellcheck={false}
          placeholder="https://www.example.com"
          data-testid={`channel-field-${field.name}`}
          onInput={(event) => setField(field.name, event.currentTarget.value)}
        />
      </Frame>
    );
  }
  if (field.is === "long_text") {
    return (
      <Frame desk={desk} form={form} name={`settings.${field.name}`} label={label} hint={hint}>
        <textarea
          id={`channel-settings.${field.name}`}
          class="Input ChannelPage-lines"
          rows={3}
          value={value}
          data-testid={`channel-field-${field.name}`}
          onInput={(event) => setField(field.name, event.currentTarget.value)}
        />
      </Frame>
    );
  }
  if (field.is === "choice") {
    return (
      <Frame desk={desk} form={form} name={`settings.${field.name}`} label={label} hint={hint}>
        <select
          id={`channel-settings.${field.name}`}
          class="Input"
          value={value}
          data-testid={`channel-field-${field.name}`}
          onChange={(event) => setField(field.name, event.currentTarget.value)}
        >
          {(field.choices ?? []).map((choice) => (
            <option key={choice} value={choice}>
              {choiceName(words, choice)}
            </option>
          ))}
        </select>
      </Frame>
    );
  }
  if (field.is === "color" || field.is === "number") {
    return (
      <Frame desk={desk} form={form} name={`settings.${field.name}`} label={label} hint={hint}>
        <input
          id={`channel-settings.${field.name}`}
          class={`Input ChannelPage-${field.is}`}
          type={field.is}
          value={value}
          data-testid={`channel-field-${field.name}`}
          onInput={(event) => setField(field.name, event.currentTarget.value)}
        />
      </Frame>
    );
  }
  const stored = channel?.settings[field.name];
  const isKept = field.is === "secret" && typeof stored === "string";
  return (
    <Frame desk={desk} form={form} name={`settings.${field.name}`} label={label} hint={hint}>
      <TextInput
        isSecret={field.is === "secret"}
        id={`channel-settings.${field.name}`}
        value={value}
        required={field.needed && channel === null}
        placeholder={placeholderOf(words, field, isKept ? stored : null)}
        testId={`channel-field-${field.name}`}
        onText={(text) => setField(field.name, text)}
      />
    </Frame>
  );
}

/** A field of a group that is left empty is the hub's default; any other is made here. */
function placeholderOf(
  words: ChannelWords,
  field: ChannelField,
  kept: string | null,
): string {
  if (kept !== null) return words.keeps(kept);
  if (groupOf(field) !== null) return words.usual;
  return field.needed ? "" : words.madeHere;
}

type TextInputProps = {
  isSecret: boolean;
  id: string;
  value: string;
  required: boolean;
  placeholder: string;
  testId: string;
  onText: (text: string) => void;
};

function TextInput({ isSecret, testId, onText, ...rest }: TextInputProps) {
  const props = {
    ...rest,
    class: "Input",
    autocomplete: "off",
    spellcheck: false,
    "data-testid": testId,
    onInput: (event: { currentTarget: HTMLInputElement }) => onText(event.currentTarget.value),
  } as const;
  return isSecret ? <input type="password" {...props} /> : <input type="text" {...props} />;
}

type FrameProps = {
  desk: Desk;
  form: ChannelForm;
  /** As the API calls it. */
  name: string;
  label: string;
  hint: string;
  children: ComponentChildren;
};

function Frame({ desk, form, name, label, hint, children }: FrameProps) {
  const { words } = desk;
  return (
    <div class="ChannelPage-field">
      <label for={`channel-${name}`}>{label}</label>
      {children}
      {hint && <p class="ChannelPage-hint">{hint}</p>}
      {problemsOf(form, name).map(({ allowed }) => (
        <p key={allowed} class="ChannelPage-problem" data-testid="problem">
          {words.lines.problem(allowedWords(words.lines.allowed, allowed))}
        </p>
      ))}
    </div>
  );
}
