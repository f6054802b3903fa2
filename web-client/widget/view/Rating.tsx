import type { Message, Scale } from "../core/protocol.ts";
import { ratingOf } from "../core/select.ts";
import type { Words } from "../i18n/en.ts";
import type { Shown } from "./App.tsx";

type Props = Shown & { message: Message };

/** The buttons under a request to rate, as long as a rating is taken. */
export function Rating({ state, message, words, actions }: Props) {
  const scale = message.rating;
  if (scale === undefined) return null;
  const given = ratingOf(state, message.conversation);
  const open = state.chat?.rating?.conversation === message.conversation;
  if (given === null && !open) return null;
  return (
    <div class="rating">
      <div role="group" aria-label={words.rate}>
        {values(scale).map((value) => (
          <button
            key={value}
            type="button"
            class={scale === "like" ? "rating-thumb" : "rating-star"}
            data-testid="rate"
            aria-label={label(scale, value, words)}
            aria-pressed={isPressed(scale, value, given)}
            disabled={!open || state.rating.busy !== null}
            onClick={() => actions.rate(value)}
          >
            {scale === "stars" ? "★" : value === 1 ? "👍" : "👎"}
          </button>
        ))}
      </div>
      {state.rating.failed && <p role="alert">{words.notRated}</p>}
      {given !== null && <p data-testid="thanks">{words.thanks}</p>}
    </div>
  );
}

function values(scale: Scale): number[] {
  return scale === "like" ? [1, 0] : [1, 2, 3, 4, 5];
}

function label(scale: Scale, value: number, words: Words): string {
  if (scale === "stars") return words.stars(value);
  return value === 1 ? words.good : words.bad;
}

function isPressed(scale: Scale, value: number, given: number | null): boolean {
  if (given === null) return false;
  return scale === "stars" ? value <= given : value === given;
}
