/** What comes of a request: a value, or why there is none. */

import type { Failure, Problem } from "../core/failure.ts";
import type { Line } from "../core/line.ts";

export type Answer<T> = { value: T } | { failure: Failure };

/** The body of every error. */
type ErrorBody = {
  error?: { code?: string; message?: string; fields?: readonly Problem[]; current?: Line | null };
};

export async function answer<T>(asked: Promise<Response | null>): Promise<Answer<T>> {
  const response = await asked;
  if (response === null) return { failure: { why: "unreachable" } };
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return { value: body as T };
  return { failure: failureOf(response.status, ((body ?? {}) as ErrorBody).error) };
}

function failureOf(status: number, error: ErrorBody["error"]): Failure {
  if (error?.code === "stale") return { why: "stale", current: error.current ?? null };
  if (error?.code === "too_much") return { why: "too_much" };
  const problems = error?.fields ?? [];
  if (problems.length > 0) return { why: "invalid", problems };
  switch (status) {
    case 401:
      return { why: "signed_out" };
    case 403:
      return { why: "forbidden" };
    case 404:
      return { why: "not_found" };
    case 413:
      return { why: "too_large" };
    case 429:
    case 503:
      return { why: "later" };
    default:
      return { why: "unexpected", status, message: error?.message ?? "" };
  }
}

export function inside<A, B>(answered: Answer<A>, value: (body: A) => B): Answer<B> {
  return "failure" in answered ? answered : { value: value(answered.value) };
}
