/** The smaller groups of settings. */

import { ChoiceField } from "./ChoiceField.tsx";
import { CustomerText } from "./CustomerText.tsx";
import { NumberField } from "./NumberField.tsx";
import { OtherPersonas } from "./OtherPersonas.tsx";
import { Dependent, Section } from "./Section.tsx";
import { isShown, type Sheet } from "./sheet.ts";
import { SwitchField } from "./SwitchField.tsx";
import { TextField } from "./TextField.tsx";
import { TopicList } from "./TopicList.tsx";

export function GeneralSection({ sheet }: { sheet: Sheet }) {
  return (
    <Section sheet={sheet} name="general">
      <TextField sheet={sheet} field="name" />
      <SwitchField sheet={sheet} field="active" />
      <ChoiceField sheet={sheet} field="language" />
    </Section>
  );
}

export function GreetingSection({ sheet }: { sheet: Sheet }) {
  const { welcome, consent } = sheet.form.settings;
  return (
    <Section sheet={sheet} name="greeting">
      <SwitchField sheet={sheet} field="welcome.enabled" />
      {isShown(sheet, welcome.enabled, "welcome.text") && (
        <Dependent>
          <SwitchField sheet={sheet} field="welcome.each_conversation" />
          <CustomerText sheet={sheet} field="welcome.text" />
        </Dependent>
      )}
      <SwitchField sheet={sheet} field="consent.enabled" />
      {isShown(sheet, consent.enabled, "consent.text") && (
        <Dependent>
          <CustomerText sheet={sheet} field="consent.text" />
        </Dependent>
      )}
    </Section>
  );
}

export function CrmSection({ sheet }: { sheet: Sheet }) {
  return (
    <Section sheet={sheet} name="crm">
      <SwitchField sheet={sheet} field="crm.check" />
      <SwitchField sheet={sheet} field="crm.forward_to_responsible" />
      <ChoiceField sheet={sheet} field="crm.create" />
      <SwitchField sheet={sheet} field="crm.transfer_changes_responsible" />
      <SwitchField sheet={sheet} field="crm.track_contacts" />
    </Section>
  );
}

export function TopicsSection({ sheet }: { sheet: Sheet }) {
  return (
    <Section sheet={sheet} name="topics">
      <TopicList sheet={sheet} />
      <SwitchField sheet={sheet} field="topic_required" />
    </Section>
  );
}

export function ShownSection({ sheet }: { sheet: Sheet }) {
  const hasPersonas = sheet.form.settings.operator_shown_as === "persona";
  return (
    <Section sheet={sheet} name="shown">
      <ChoiceField sheet={sheet} field="operator_shown_as" />
      {isShown(sheet, hasPersonas, "personas") && <OtherPersonas sheet={sheet} />}
    </Section>
  );
}

export function KeepingSection({ sheet }: { sheet: Sheet }) {
  return (
    <Section sheet={sheet} name="keeping">
      <NumberField sheet={sheet} field="retention.days" unit="days" />
    </Section>
  );
}
