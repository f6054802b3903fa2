import { languages } from "../i18n/words.ts";
import type { Language } from "../core/state.ts";
import "./LanguageSwitch.css";
import type { Desk } from "./desk.ts";

export function LanguageSwitch({ desk }: { desk: Desk }) {
  const codes = Object.keys(languages) as Language[];
  return (
    <div
      class="LanguageSwitch"
      role="group"
      aria-label={desk.words.bar.language}
      data-testid="language-switch"
    >
      {codes.map((code) => (
        <button
          key={code}
          type="button"
          lang={code}
          title={languages[code].language}
          aria-label={languages[code].language}
          aria-pressed={desk.state.language === code}
          data-testid={`language-${code}`}
          onClick={() => desk.actions.chooseLanguage(code)}
        >
          {code.toUpperCase()}
        </button>
      ))}
    </div>
  );
}
