import type { State } from "../core/state.ts";
import type { Words } from "../i18n/en.ts";
import type { Shown } from "./App.tsx";
import { Face } from "./Face.tsx";

export function Head({ state, words, actions }: Shown) {
  const person = state.chat?.with ?? null;
  const title = state.widget?.title ?? "";
  return (
    <header class="head">
      <Face name={person?.name ?? title} picture={person?.picture} />
      <div class="head-words">
        <h1 data-testid="title">{person?.name ?? title}</h1>
        <p data-testid="subtitle">{subtitle(state, words)}</p>
      </div>
      <button
        type="button"
        class="head-close"
        aria-label={words.close}
        data-testid="close"
        onClick={actions.close}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M6 6l12 12M18 6L6 18" />
        </svg>
      </button>
    </header>
  );
}

function subtitle({ chat }: State, words: Words): string {
  if (chat === null) return "";
  if (chat.phase === "answered") return chat.with === null ? words.online : words.answers;
  if (!chat.hours.open) {
    const { opens_at } = chat.hours;
    if (opens_at === null) return words.closed;
    return `${words.closed}. ${words.opens(moment(opens_at, words.language))}`;
  }
  if (chat.queue !== null && !chat.queue.staffed) return words.away;
  return words.online;
}

/** In the visitor's own time zone. */
function moment(at: string, language: string): string {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const day: Intl.DateTimeFormatOptions = isToday ? {} : { weekday: "long", day: "numeric", month: "long" };
  const hour: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit" };
  return new Intl.DateTimeFormat(language === "en" ? undefined : language, { ...day, ...hour }).format(date);
}
