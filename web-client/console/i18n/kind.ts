/** What a message carries, in words. */

import type { Row } from "../../client/index.ts";
import type { Words } from "./en.ts";

/** Platforms invent kinds faster than we learn them: unknown ones have a word too. */
export function kindWord(words: Words["attachment"], kind: string): string {
  return Object.hasOwn(words.kinds, kind) ? (words.kinds[kind] ?? words.unknown) : words.unknown;
}

/** The last message in one line. */
export function preview(words: Words, row: Row): string {
  if (row.preview !== "") return row.preview;
  return row.preview_kind === undefined
    ? words.row.noText
    : kindWord(words.attachment, row.preview_kind);
}
