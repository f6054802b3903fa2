/** The languages of the console, and which one a newcomer gets. */

import type { Language } from "../core/state.ts";
import { en, type Words } from "./en.ts";
import { ru } from "./ru.ts";

export const languages: Readonly<Record<Language, Words>> = { en, ru };

/** `preferred` are the browser's languages, the best first. */
export function languageFor(preferred: readonly string[]): Language {
  return preferred[0]?.toLowerCase().startsWith("ru") ? "ru" : "en";
}
