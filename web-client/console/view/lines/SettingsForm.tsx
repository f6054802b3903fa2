/** All settings of a line, group by group, and beside them what they would do to a message. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { spoiltFields } from "../../core/line-form.ts";
import { ClosingSection, RatingSection, SilenceSection } from "./EndSections.tsx";
import { HoursSection } from "./HoursSection.tsx";
import {
  CrmSection,
  GeneralSection,
  GreetingSection,
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
  const { id, archived } = form.base;
  const words = desk.words.lines;
  useLedToProblems(sheet);
  return (
    <form
      class="SettingsForm"
      noValidate
      data-testid="settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (canEdit) desk.actions.lines.save(id);
      }}
    >
      <div class="SettingsForm-scroll">
        {form.newer && <StaleNotice sheet={sheet} newer={form.newer} />}
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
          </div>
          <TrialPanel sheet={sheet} />
        </div>
      </div>
      {canEdit && <SaveBar sheet={sheet} />}
    </form>
  );
}

/** To the first thing that is wrong, whenever an answer says that something is. */
function useLedToProblems({ form }: Sheet): void {
  const seen = useRef(form.problems);
  useLayoutEffect(() => {
    const isNews = form.problems.length > 0 && form.step.is === "editing";
    const grew = form.problems.length >= seen.current.length && form.problems !== seen.current;
    seen.current = form.problems;
    const [first] = spoiltFields(form);
    if (isNews && grew && first !== undefined) goToField(first);
  }, [form.problems]);
}
