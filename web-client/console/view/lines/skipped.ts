/** An entry of a calendar file that was left out, as the server tells of it. */

export function skippedWords(skipped: unknown): string {
  if (typeof skipped === "string") return skipped;
  if (typeof skipped !== "object" || skipped === null) return String(skipped);
  return Object.values(skipped)
    .filter((part) => typeof part === "string" || typeof part === "number")
    .join(": ");
}
