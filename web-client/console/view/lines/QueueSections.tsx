/** Who is offered conversations, and what happens when nobody answers. */

import { ChoiceField } from "./ChoiceField.tsx";
import { CustomerText } from "./CustomerText.tsx";
import { NumberField } from "./NumberField.tsx";
import { QueueEditor } from "./QueueEditor.tsx";
import { Section } from "./Section.tsx";
import { isShown, type Sheet } from "./sheet.ts";
import { SwitchField } from "./SwitchField.tsx";

export function QueueSection({ sheet }: { sheet: Sheet }) {
  const { setting } = sheet.desk.state;
  const [least, most] = setting.defaults?.offer_timeout_seconds ?? [null, null];
  const { range: say } = sheet.desk.words.lines.allowed;
  const range = least === null || most === null ? undefined : say(`${least}`, `${most}`);
  return (
    <Section sheet={sheet} name="queue">
      <ChoiceField sheet={sheet} field="queue.mode" />
      <QueueEditor sheet={sheet} />
      <NumberField sheet={sheet} field="queue.offer_timeout_seconds" unit="seconds" range={range} />
      <SwitchField sheet={sheet} field="queue.require_available" />
      <NumberField sheet={sheet} field="queue.known_operator_days" unit="days" />
    </Section>
  );
}

export function UnansweredSection({ sheet }: { sheet: Sheet }) {
  const { unanswered } = sheet.form.settings;
  const { rule, text_on_requeue } = unanswered;
  const hasText = rule === "reply" || (rule === "requeue" && text_on_requeue);
  return (
    <Section sheet={sheet} name="unanswered">
      <ChoiceField sheet={sheet} field="unanswered.rule" />
      {rule === "requeue" && (
        <SwitchField sheet={sheet} field="unanswered.text_on_requeue" />
      )}
      {isShown(sheet, hasText, "unanswered.after_seconds", "unanswered.text") && (
        <>
          <NumberField sheet={sheet} field="unanswered.after_seconds" unit="seconds" />
          <CustomerText sheet={sheet} field="unanswered.text" />
        </>
      )}
    </Section>
  );
}

export function AnswerSection({ sheet }: { sheet: Sheet }) {
  return (
    <Section sheet={sheet} name="answer">
      <NumberField sheet={sheet} field="answer.limit_seconds" unit="seconds" />
      {sheet.form.settings.answer.limit_seconds !== 0 && (
        <ChoiceField sheet={sheet} field="answer.rule" />
      )}
    </Section>
  );
}
