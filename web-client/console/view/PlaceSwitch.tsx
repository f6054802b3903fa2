/** The screens that one can go to. Operators have their desk only. */

import { CHANNELS, DESK, hashOf, LINES, UNDELIVERED } from "../core/place.ts";
import { calls, oversees } from "../core/select.ts";
import { administers, shownPlace } from "../core/select-lines.ts";
import "./PlaceSwitch.css";
import type { Desk } from "./desk.ts";

const PLACES = [DESK, LINES];
const PLACES_OF_ADMINISTRATORS = [...PLACES, CHANNELS, UNDELIVERED];

export function PlaceSwitch({ desk }: { desk: Desk }) {
  const { state, words } = desk;
  if (!oversees(state)) return null;
  const shown = shownPlace(state).at;
  const places = administers(state) ? PLACES_OF_ADMINISTRATORS : PLACES;
  const waiting = shown === "desk" ? 0 : calls(state);
  return (
    <nav class="PlaceSwitch" aria-label={words.lines.places.label}>
      {places.map((place) => (
        <a
          key={place.at}
          href={hashOf(place)}
          aria-current={place.at === shown ? "page" : undefined}
          data-testid={`place-${place.at}`}
        >
          {words.lines.places[place.at]}
          {place.at === "desk" && waiting > 0 && <span class="PlaceSwitch-calls">{waiting}</span>}
        </a>
      ))}
    </nav>
  );
}
