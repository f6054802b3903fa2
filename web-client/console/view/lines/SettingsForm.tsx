/** All settings of a line, group by group, and beside them what they would do to a message. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { spoiltFields } from "../../core/line-form.ts";
import { ClosingSection, RatingSection, SilenceSection } from "./EndSections.tsx";
import { HoursSection } from "./HoursSection.tsx";
import {
  CrmSection,
  GeneralSection,
  GreetingSection,
  KeepingSection,
  ShownSection,
  TopicsSection,
} from "./OtherSections.tsx";
import { AnswerSection, QueueSection, UnansweredSection } from "./QueueSections.tsx";
import { SaveBar } from "./SaveBar.tsx";
import "./SettingsForm.css";
import { goToField, type Sheet } from "./sheet.ts";
import { StaleNotice } from "./StaleNotice.tsx";
import { TrialPanel } from "./TrialPanel.tsx";

export function SettingsForm({ sheet }: { sheet: Sheet }) {
  const { form, desk, canEdit } = sheet;
  const { archived } = form.base;
  const words = desk.words.lines;
  useLedToProblems(sheet);
  return (
    <div class="SettingsForm" data-testid="settings-form">
      {form.newer && <StaleNotice sheet={sheet} newer={form.newer} />}
      <div class="SettingsForm-scroll">
        {!canEdit && (
          <p class="SettingsForm-note">{archived ? words.page.isArchived : words.page.readOnly}</p>
        )}
        <div class="SettingsForm-columns">
          <div class="SettingsForm-sections">
            <GeneralSection sheet={sheet} />
            <QueueSection sheet={sheet} />
            <UnansweredSection sheet={sheet} />
            <AnswerSection sheet={sheet} />
            <HoursSection sheet={sheet} />
            <GreetingSection sheet={sheet} />
            <ClosingSection sheet={sheet} />
            <SilenceSection sheet={sheet} />
            <RatingSection sheet={sheet} />
            <CrmSection sheet={sheet} />
            <TopicsSection sheet={sheet} />
            <ShownSection sheet={sheet} />
            <KeepingSection sheet={sheet} />
          </div>
          <TrialPanel sheet={sheet} />
        </div>
      </div>
      {canEdit && <SaveBar sheet={sheet} />}
    </div>
  );
}

/** To the first thing that is wrong, whenever it is said that something is. */
function useLedToProblems({ form }: Sheet): void {
  const heeded = useRef(form.warnings);
  useLayoutEffect(() => {
    const [first] = spoiltFields(form);
    if (form.warnings > heeded.current && first !== undefined) goToField(first);
    heeded.current = form.warnings;
  }, [form.warnings]);
}
