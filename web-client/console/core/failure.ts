/** Why a request was not carried out, and which fields are to blame. */

import type { Line } from "./line.ts";

export type Failure =
  | { why: "unreachable" }
  | { why: "signed_out" }
  | { why: "forbidden" }
  | { why: "not_found" }
  /** Somebody else changed it meanwhile; the line as it is now, if there still is one. */
  | { why: "stale"; current: Line | null }
  | { why: "invalid"; problems: readonly Problem[] }
  | { why: "too_large" }
  /** A day to rehearse on which too much happened. */
  | { why: "too_much" }
  | { why: "later" }
  | { why: "unreadable_file" }
  | { why: "unexpected"; status: number; message: string };

/** A field that is out of bounds, by its name in the API, and what would be accepted. */
export type Problem = { field: string; allowed: string };

/** Something that was asked of the server, and what came of it. */
export type Asked<T> = { busy: boolean; value: T | null; failure: Failure | null };

export const NOT_ASKED: Asked<never> = { busy: false, value: null, failure: null };
