/** How a conversation ends: by an operator, by silence, and what the customer thinks of it. */

import type { ClosingRule } from "../../core/line.ts";
import { defaultText } from "../../core/texts.ts";
import { ChoiceField } from "./ChoiceField.tsx";
import { CustomerText } from "./CustomerText.tsx";
import { NumberField } from "./NumberField.tsx";
import { Section } from "./Section.tsx";
import { isShown, type Sheet } from "./sheet.ts";
import { TextPreview } from "./TextPreview.tsx";

export function ClosingSection({ sheet }: { sheet: Sheet }) {
  const { rule } = sheet.form.settings.closing;
  return (
    <Section sheet={sheet} name="closing">
      <ChoiceField sheet={sheet} field="closing.rule" />
      {isShown(sheet, rule !== "nothing", "closing.text") && (
        <CustomerText sheet={sheet} field="closing.text" />
      )}
      <RatingRequest sheet={sheet} rule={rule} />
      <NumberField sheet={sheet} field="closing.reopen_window_seconds" unit="seconds" />
    </Section>
  );
}

export function SilenceSection({ sheet }: { sheet: Sheet }) {
  const { after_seconds, rule } = sheet.form.settings.auto_close;
  return (
    <Section sheet={sheet} name="silence">
      <NumberField sheet={sheet} field="auto_close.after_seconds" unit="seconds" />
      {isShown(sheet, after_seconds !== 0, "auto_close.text") && (
        <>
          <ChoiceField sheet={sheet} field="auto_close.rule" />
          {isShown(sheet, rule !== "nothing", "auto_close.text") && (
            <CustomerText sheet={sheet} field="auto_close.text" />
          )}
          <RatingRequest sheet={sheet} rule={rule} />
        </>
      )}
    </Section>
  );
}

export function RatingSection({ sheet }: { sheet: Sheet }) {
  const { setting } = sheet.desk.state;
  const { language } = sheet.form.settings;
  const words = sheet.desk.words.lines.text;
  return (
    <Section sheet={sheet} name="rating">
      <ChoiceField sheet={sheet} field="rating.scale" />
      <NumberField sheet={sheet} field="rating.time_limit_seconds" unit="seconds" />
      <div>
        <RatingRequest sheet={sheet} rule="rating" />
        <TextPreview
          sheet={sheet}
          text={defaultText(setting.defaults, "thanks", language)}
          what={words.thanks}
        />
      </div>
    </Section>
  );
}

function RatingRequest({ sheet, rule }: { sheet: Sheet; rule: ClosingRule }) {
  if (rule !== "rating") return null;
  const { rating, language } = sheet.form.settings;
  const kind = rating.scale === "like" ? "rate_like" : "rate_stars";
  const text = defaultText(sheet.desk.state.setting.defaults, kind, language);
  return <TextPreview sheet={sheet} text={text} what={sheet.desk.words.lines.text.ratingRequest} />;
}
