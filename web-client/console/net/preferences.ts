/** What this browser remembers of a person: language and sound. Nothing of customers. */

import type { Language } from "../core/state.ts";

export function savedLanguage(): Language | null {
  const saved = read("language");
  return saved === "en" || saved === "ru" ? saved : null;
}

export function savedSound(): boolean {
  return read("sound") !== "off";
}

export function save(language: Language, sound: boolean): void {
  write("language", language);
  write("sound", sound ? "on" : "off");
}

// Storage may be forbidden by the browser; then nothing is remembered.

function read(key: string): string | null {
  try {
    return localStorage.getItem(`switchboard.${key}`);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(`switchboard.${key}`, value);
  } catch {
    return;
  }
}
