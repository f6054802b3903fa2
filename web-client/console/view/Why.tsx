/** A decision of the queue in words: who was asked and why, who was passed over and why. */

import type {
  Candidate,
  Counts,
  Explanation,
  Fact,
  OperatorId,
  Reason,
  Timestamp,
} from "../../client/index.ts";
import "./Why.css";
import { personName, type Desk } from "./desk.ts";
import { clock } from "./time.ts";

type WhyProps = {
  desk: Desk;
  at: Timestamp;
  fact: Extract<Fact, { fact: "routed" }>;
  isMine: boolean;
};

export function Why({ desk, at, fact, isMine }: WhyProps) {
  const words = desk.words.why;
  return (
    <section class="Why" data-testid="why-panel">
      <h2 class="Why-title">{isMine ? words.title : words.titleOther}</h2>
      {fact.listed_for && <p class="Why-mode">{words.listed(personName(desk, fact.listed_for))}</p>}
      <Candidates
        desk={desk}
        explanation={fact.explanation}
        chosen={fact.operators}
        how={words.vias[fact.via]}
      />
      <p class="Why-when">{words.decided(clock(desk.words, at), fact.round)}</p>
    </section>
  );
}

type CandidatesProps = {
  desk: Desk;
  explanation: Explanation;
  chosen: readonly OperatorId[];
  /** How it came to them; without it, the mode of the queue says so. */
  how?: string | null;
};

/** The mode of the queue, and of each candidate why he was chosen or passed over. */
export function Candidates({ desk, explanation, chosen, how }: CandidatesProps) {
  const words = desk.words.why;
  const { mode, candidates, others } = explanation;
  const isChosen = ({ operator }: Candidate) => chosen.includes(operator);
  const inOrder = [...candidates.filter(isChosen), ...candidates.filter((c) => !isChosen(c))];
  return (
    <>
      <p class="Why-mode">{how ?? words.modes[mode]}</p>
      {chosen.length === 0 && <p class="Why-nobody">{words.nobody}</p>}
      <ul>
        {inOrder.map((candidate) => (
          <li
            key={`${candidate.operator} ${candidate.reason.why}`}
            class={isChosen(candidate) ? "Why-candidate Why-candidate--chosen" : "Why-candidate"}
            data-testid="why-candidate"
            data-operator={candidate.operator}
          >
            <b>{personName(desk, candidate.operator)}</b>
            <span>{reasonWords(desk, candidate.reason)}</span>
            {isChosen(candidate) && <span class="Why-chosen">{words.chosen}</span>}
          </li>
        ))}
        {others && othersWords(desk, others).map((line) => <li class="Why-candidate">{line}</li>)}
      </ul>
    </>
  );
}

function reasonWords(desk: Desk, reason: Reason): string {
  const words = desk.words.why;
  switch (reason.why) {
    case "fewest_received":
      return words.fewest(reason.received);
    case "first_in_order":
      return words.first(reason.place);
    case "everybody":
      return words.everybody;
    case "responsible":
      return words.responsible;
    case "responsible_away":
      return words.responsibleAway;
    case "responsible_disabled":
      return words.responsibleDisabled;
    case "known":
      return words.known;
    case "declined":
      return words.declined(clock(desk.words, reason.at));
    case "missed":
      return words.missed(clock(desk.words, reason.at));
    case "sent":
      return words.sent(clock(desk.words, reason.at));
    case "unavailable":
      return words.unavailable;
    case "at_capacity":
      return words.atCapacity(reason.load, reason.capacity);
    case "too_many_offers":
      return words.tooManyOffers(reason.offers);
    default:
      return reason satisfies never;
  }
}

function othersWords(desk: Desk, others: Counts): string[] {
  const words = desk.words.why;
  return [
    others.eligible > 0 ? words.othersEligible(others.eligible) : "",
    others.unavailable > 0 ? words.othersUnavailable(others.unavailable) : "",
    others.at_capacity > 0 ? words.othersAtCapacity(others.at_capacity) : "",
  ].filter((line) => line !== "");
}
