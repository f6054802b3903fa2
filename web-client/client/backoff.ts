/** How long to wait before the next try: 1, 2, 4, 8, 16 seconds at most, with full jitter. */

const FIRST_MS = 1_000;
const LONGEST_MS = 16_000;

/** `tries` counts the failed ones so far, from 0; `chance` is 0 to 1. */
export function waitMs(tries: number, chance: number): number {
  const longest = Math.min(FIRST_MS * 2 ** tries, LONGEST_MS);
  return Math.round(longest * chance);
}
