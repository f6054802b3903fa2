/** Words about platforms by their kind, which comes from the server: there may be newer ones. */

import type { ChannelWords } from "./channels.en.ts";

export function kindName(words: ChannelWords, kind: string): string {
  return named(words.kinds, kind) ?? kind;
}

export function stepsOf(words: ChannelWords, kind: string): readonly string[] {
  return named(words.guides, kind) ?? [];
}

export function fieldName(words: ChannelWords, field: string): string {
  return named(words.fields, field) ?? field;
}

export function fieldHint(words: ChannelWords, field: string): string {
  return named(words.hints, field) ?? "";
}

export function groupName(words: ChannelWords, group: string): string {
  return named(words.groups, group) ?? group;
}

export function choiceName(words: ChannelWords, choice: string): string {
  return named(words.choices, choice) ?? choice;
}

function named<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
