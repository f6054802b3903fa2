/** A past day gone through once more: by the rules as they are, and by those of the form. */

import { useState } from "preact/hooks";
import { unfinished } from "../../core/line-form.ts";
import type { Rehearsal as Rehearsed } from "../../core/line.ts";
import { toolsOf, zoneOf } from "../../core/lines.ts";
import { wallClock } from "../../core/zone.ts";
import type { Desk } from "../desk.ts";
import { AskedState } from "./AskedState.tsx";
import "./Rehearsal.css";
import { RehearsedOperators } from "./RehearsedOperators.tsx";
import { RehearsedSums } from "./RehearsedSums.tsx";
import type { Sheet } from "./sheet.ts";

const DAY_MS = 24 * 60 * 60_000;

export function Rehearsal({ sheet }: { sheet: Sheet }) {
  const { desk, form } = sheet;
  const { state, actions } = desk;
  const words = desk.words.lines.rehearsal;
  const { id } = form.base;
  const { rehearsal } = toolsOf(state.setting, id);
  const zone = zoneOf(state.setting, form.settings);
  const yesterday = dayThere(desk.now.peek() - DAY_MS, zone);
  const [day, setDay] = useState(rehearsal.value?.day ?? yesterday);
  const isUnfinished = unfinished(form.settings).length > 0;
  const start = () => actions.lines.rehearse(id, day);
  return (
    <section class="Rehearsal" data-testid="rehearsal">
      <h2>{words.title}</h2>
      <p class="Field-hint">{words.lead}</p>
      <form
        class="Rehearsal-ask"
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <label for="rehearsal-day">{words.day}</label>
        <input
          type="date"
          id="rehearsal-day"
          class="Input Input--fit"
          required
          max={yesterday}
          value={day}
          onInput={(event) => setDay(event.currentTarget.value)}
        />
        <button
          class="Button Button--primary"
          data-testid="rehearse"
          disabled={rehearsal.busy || isUnfinished || day === ""}
        >
          {rehearsal.busy ? words.going : words.start}
        </button>
        {isUnfinished && <span>{desk.words.lines.trial.finishFirst}</span>}
      </form>
      <AskedState desk={desk} asked={rehearsal} asking={words.going} onRetry={start} />
      {rehearsal.value && <Result desk={desk} rehearsed={rehearsal.value} />}
    </section>
  );
}

function Result({ desk, rehearsed }: { desk: Desk; rehearsed: Rehearsed }) {
  const { as_it_is, as_proposed } = rehearsed;
  if (as_it_is.conversations === 0 && as_proposed.conversations === 0) {
    return <p>{desk.words.lines.rehearsal.none}</p>;
  }
  return (
    <>
      <RehearsedSums words={desk.words} rehearsed={rehearsed} />
      <RehearsedOperators desk={desk} rehearsed={rehearsed} />
    </>
  );
}

function dayThere(at: number, zone: string): string {
  return (wallClock(at, zone) ?? new Date(at).toISOString()).slice(0, 10);
}
