/** Why something was not done, in words. */

import type { Failure } from "../core/failure.ts";
import { allowedWords } from "./allowed.ts";
import type { Words } from "./en.ts";

export function failureWords(words: Words, failure: Failure): string {
  const { failure: says, allowed, problem } = words.lines;
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
      return failure.problems
        .map((one) => `${one.field}. ${problem(allowedWords(allowed, one.allowed))}`)
        .join(" ");
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
