/** Why something was not done, in words. */

import type { Failure, Problem } from "../core/failure.ts";
import { fieldNamed } from "../core/fields.ts";
import { allowedWords } from "./allowed.ts";
import type { Words } from "./en.ts";

export function failureWords(words: Words, failure: Failure): string {
  const { failure: says } = words.lines;
  switch (failure.why) {
    case "unreachable":
      return says.unreachable;
    case "signed_out":
      return says.signedOut;
    case "forbidden":
      return says.forbidden;
    case "not_found":
      return says.notFound;
    case "stale":
      return says.stale;
    case "invalid":
      return failure.problems.map((one) => problemWords(words, one)).join(" ");
    case "too_large":
      return says.tooLarge;
    case "too_much":
      return says.tooMuch;
    case "later":
      return says.later;
    case "unreadable_file":
      return says.unreadableFile;
    case "unexpected":
      return says.unexpected(failure.status, failure.message);
    default:
      return failure satisfies never;
  }
}

/** With the name of the field, where it is one of the form. */
function problemWords(words: Words, problem: Problem): string {
  const field = fieldNamed(problem.field);
  const says = words.lines.problem(allowedWords(words.lines.allowed, problem.allowed));
  return field === null ? `${says}.` : `${words.settings.fields[field]}. ${says}.`;
}
