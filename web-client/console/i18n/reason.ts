/** Why something does not reach the customer, in words. */

import type { Words } from "./en.ts";

/** Platforms give their reasons in English; the one that is met daily has words of our own. */
export function reasonWords(words: Words, reason: string): string {
  return /\bblocked\b/i.test(reason) ? words.entry.blocked : reason;
}
