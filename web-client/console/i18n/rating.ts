/** What somebody thinks of a conversation, in words. */

import type { RowRating } from "../../client/index.ts";
import type { Words } from "./en.ts";

const STARS_MAX = 5;

/** The customer's rating, on the scale that he was asked on. */
export function ratingWords(words: Words, { scale, value }: RowRating): string {
  return scale === "like" ? words.fact.ratings.like(value) : starsWords(words, value);
}

export function starsWords(words: Words, stars: number): string {
  return words.fact.ratings.stars(Math.min(STARS_MAX, Math.max(0, stars)));
}
