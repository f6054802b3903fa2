/** Who the customer is: beside the chat, or over it where there is little room. */

import type { Card, CardProblem, Customer } from "../../core/desk/card.ts";
import { mayBlockCustomer, mayChangeCustomer } from "../../core/desk/rights.ts";
import { rowsOfCard } from "../../core/select.ts";
import type { Words } from "../../i18n/en.ts";
import { personName, type Desk } from "../desk.ts";
import { moment } from "../time.ts";
import { CardContacts } from "./CardContacts.tsx";
import { CardElsewhere } from "./CardElsewhere.tsx";
import { CardForm } from "./CardForm.tsx";
import { CardHistory } from "./CardHistory.tsx";
import { CardLead } from "./CardLead.tsx";
import { CardMerged } from "./CardMerged.tsx";
import "./CustomerCard.css";

export function CustomerCard({ desk }: { desk: Desk }) {
  const { state, words, actions } = desk;
  const { card, work } = state;
  if (card === null) return null;
  const shown = { true: "open", false: "closed", null: "auto" }[`${work.isCardOpen}`];
  return (
    <aside
      class={`CustomerCard CustomerCard--${shown}`}
      aria-label={words.card.title}
      data-testid="card"
    >
      <button
        type="button"
        class="Button CustomerCard-close"
        aria-label={words.card.hide}
        title={words.card.hide}
        data-testid="card-close"
        onClick={() => actions.work.showCard(false)}
      >
        ×
      </button>
      {card.value === null ? (
        <Missing desk={desk} card={card} />
      ) : (
        <CardBody desk={desk} card={card} value={card.value} />
      )}
    </aside>
  );
}

function Missing({ desk, card }: { desk: Desk; card: Card }) {
  const words = desk.words.card;
  if (card.failed === null) return <p class="CustomerCard-quiet">{words.loading}</p>;
  if (card.failed === "not_allowed") return <p class="CustomerCard-quiet">{words.notAllowed}</p>;
  return (
    <p class="CustomerCard-quiet" role="alert">
      {words.unreachable}{" "}
      <button type="button" class="Button Button--small" onClick={desk.actions.card.reload}>
        {words.retry}
      </button>
    </p>
  );
}

type CardBodyProps = { desk: Desk; card: Card; value: Customer };

function CardBody({ desk, card, value }: CardBodyProps) {
  const { me } = desk.state;
  const rows = rowsOfCard(desk.state);
  const canChange = me !== null && mayChangeCustomer(me, rows);
  return (
    <>
      {card.edits === null ? (
        <Shown desk={desk} value={value} canChange={canChange} />
      ) : (
        <CardForm desk={desk} card={card} />
      )}
      <p class="CustomerCard-problem" role="alert" data-testid="card-problem">
        {card.problem && problemWords(desk.words, card.problem)}
      </p>
      <CardElsewhere desk={desk} card={card} />
      <CardContacts desk={desk} card={card} value={value} canChange={canChange} />
      <CardMerged desk={desk} card={card} value={value} canChange={canChange} />
      <CardLead desk={desk} card={card} value={value} />
      {me !== null && mayBlockCustomer(me, rows) && (
        <Blocking desk={desk} card={card} value={value} />
      )}
      <CardHistory desk={desk} value={value} />
    </>
  );
}

type ShownProps = { desk: Desk; value: Customer; canChange: boolean };

function Shown({ desk, value, canChange }: ShownProps) {
  const words = desk.words.card;
  const { note } = value;
  return (
    <section class="CustomerCard-section CustomerCard-section--first">
      <div class="CustomerCard-top">
        <h2 class="CustomerCard-name" data-testid="card-name">
          {`${value.name} ${value.surname}`.trim() || words.noName}
        </h2>
        {canChange && (
          <button
            type="button"
            class="Button Button--small"
            data-testid="card-edit"
            onClick={() => desk.actions.card.edit({})}
          >
            {words.edit}
          </button>
        )}
      </div>
      <p class="CustomerCard-quiet" data-testid="card-responsible">
        {words.responsible}: {responsibleWords(desk, value)}
      </p>
      {note !== "" && (
        <p class="CustomerCard-note" data-testid="card-note">
          {note}
        </p>
      )}
    </section>
  );
}

/** As a contact, else by the newest open lead. */
function responsibleWords(desk: Desk, { responsible, owner }: Customer): string {
  const words = desk.words.card;
  if (responsible !== null) return personName(desk, responsible);
  return owner === null ? words.nobody : words.byLead(personName(desk, owner));
}

function Blocking({ desk, card, value: { blocked } }: CardBodyProps) {
  const { words, actions } = desk;
  const verb = blocked ? "unblock" : "block";
  return (
    <section class="CustomerCard-section CustomerCard-line">
      {blocked && (
        <span class="CustomerCard-bad" data-testid="card-blocked">
          {words.card.blocked(personName(desk, blocked.by), moment(words, blocked.at))}
        </span>
      )}
      <button
        type="button"
        class="Button Button--small"
        title={words.card.blockHint}
        disabled={card.isBusy}
        data-testid={`card-${verb}`}
        onClick={() => actions.card.block(verb)}
      >
        {words.card[verb]}
      </button>
    </section>
  );
}

function problemWords(words: Words, problem: CardProblem): string {
  const { problems, fields } = words.card;
  switch (problem.why) {
    case "stale":
      return problems.stale;
    case "invalid":
      return problems.invalid(fields[problem.field] ?? problem.field, problem.allowed);
    case "no_leads":
      return problems.noLeads;
    case "not_allowed":
      return problems.notAllowed;
    case "unreachable":
      return problems.unreachable;
    default:
      return problem satisfies never;
  }
}
