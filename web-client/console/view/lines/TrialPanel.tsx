/** What would happen to a message, by the settings as they stand in the form. */

import type { Asked } from "../../core/failure.ts";
import { unfinished } from "../../core/line-form.ts";
import type { Trial } from "../../core/line.ts";
import { toolsOf, zoneOf } from "../../core/lines.ts";
import { failureWords } from "../../i18n/failure.ts";
import { personName, type Desk } from "../desk.ts";
import { Candidates } from "../Why.tsx";
import type { Sheet } from "./sheet.ts";
import "./TrialPanel.css";
import { dayAndTime } from "./when.ts";

export function TrialPanel({ sheet }: { sheet: Sheet }) {
  const { desk, form } = sheet;
  const { state, actions } = desk;
  const words = desk.words.lines.trial;
  const { id } = form.base;
  const { trial, trialAt } = toolsOf(state.setting, id);
  const zone = zoneOf(state.setting, form.settings);
  const isUnfinished = unfinished(form.settings).length > 0;
  return (
    <aside class="TrialPanel" aria-labelledby="trial-title" data-testid="trial">
      <h2 class="TrialPanel-title" id="trial-title" tabIndex={-1}>
        {words.title}
      </h2>
      <div class="TrialPanel-when">
        <label for="trial-at">{words.at}</label>
        <input
          type="datetime-local"
          id="trial-at"
          class="Input TrialPanel-at"
          value={trialAt ?? ""}
          data-testid="trial-at"
          onInput={(event) => actions.lines.tryAt(id, event.currentTarget.value || null)}
        />
        <button
          type="button"
          class="Button Button--small"
          aria-pressed={trialAt === null}
          onClick={() => actions.lines.tryAt(id, null)}
        >
          {words.now}
        </button>
      </div>
      <p class="TrialPanel-hint">{words.zone(zone)}</p>
      <div class="TrialPanel-answer" role="status" aria-busy={trial.busy}>
        {isUnfinished ? (
          <p>{words.finishFirst}</p>
        ) : (
          <Answer desk={desk} trial={trial} zone={zone} />
        )}
      </div>
      <p class="TrialPanel-hint">{words.lead}</p>
    </aside>
  );
}

function Answer({ desk, trial, zone }: { desk: Desk; trial: Asked<Trial>; zone: string }) {
  const { value, failure } = trial;
  if (failure) return <p class="Field-problem">{failureWords(desk.words, failure)}</p>;
  if (value === null) return <p>{desk.words.lines.trial.asking}</p>;
  return <Outcome desk={desk} trial={value} zone={zone} />;
}

function Outcome({ desk, trial, zone }: { desk: Desk; trial: Trial; zone: string }) {
  const words = desk.words.lines.trial;
  const opens = trial.opens_at && dayAndTime(desk.words, trial.opens_at, zone);
  const names = trial.offered.map((operator) => personName(desk, operator)).join(", ");
  const nobody = trial.open ? words.offeredNobody : words.routedAtOpening;
  return (
    <>
      <p
        class={trial.open ? "TrialPanel-state TrialPanel-state--open" : "TrialPanel-state"}
        data-testid="trial-open"
      >
        {trial.open ? words.open : words.closed}
        {!trial.open && <small>{opens ? words.opensAt(opens) : words.neverOpens}</small>}
      </p>
      <dl class="TrialPanel-facts">
        <dt>{words.offeredTo}</dt>
        <dd data-testid="trial-offered">{names || nobody}</dd>
        <dt>{words.customerGets}</dt>
        <dd data-testid="trial-text">
          {trial.text === null ? (
            words.customerGetsNothing
          ) : (
            <span class="TrialPanel-text">{trial.text}</span>
          )}
        </dd>
      </dl>
      {trial.explanation && trial.open && (
        <div class="TrialPanel-why">
          <h3>{words.why}</h3>
          <Candidates desk={desk} explanation={trial.explanation} chosen={trial.offered} />
        </div>
      )}
    </>
  );
}
