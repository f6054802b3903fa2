/** The left column: offers, my conversations, unanswered, queue; for supervisors all of a line. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Row } from "../../client/index.ts";
import { shownStatus } from "../core/commands.ts";
import {
  handedOn,
  joined,
  mine,
  ofMyCustomers,
  onHold,
  overseen,
  queue,
  unanswered,
} from "../core/desk/lists.ts";
import { oversees } from "../core/select.ts";
import { ChoosingBar } from "./ChoosingBar.tsx";
import "./Lists.css";
import { Offers } from "./Offers.tsx";
import { RowItem } from "./RowItem.tsx";
import type { Desk } from "./desk.ts";

/** More rows than anybody reads; the rest is a number. */
const ROWS_SHOWN_MAX = 200;

export function Lists({ desk }: { desk: Desk }) {
  const [tab, setTab] = useState<"desk" | "overseen">("desk");
  const { words } = desk;
  const hasTabs = oversees(desk.state);
  const shown = hasTabs ? tab : "desk";
  return (
    <nav class="Lists" aria-label={words.lists.desk} data-testid="lists">
      {hasTabs && (
        <div class="Lists-tabs" role="group">
          {(["desk", "overseen"] as const).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={shown === name}
              data-testid={`tab-${name}`}
              onClick={() => setTab(name)}
            >
              {words.lists[name]}
            </button>
          ))}
        </div>
      )}
      <div class="Lists-scroll">{shown === "desk" ? <OwnDesk desk={desk} /> : <All desk={desk} />}</div>
      <ChoosingBar desk={desk} />
    </nav>
  );
}

function OwnDesk({ desk }: { desk: Desk }) {
  const { state, words } = desk;
  const left = unanswered(state);
  return (
    <>
      <Offers desk={desk} empty={noOffers(desk)} />
      <RowList desk={desk} name="listed" rows={ofMyCustomers(state)} empty={null} />
      <RowList desk={desk} name="mine" rows={mine(state)} empty={words.lists.noMine} />
      <RowList desk={desk} name="handed" rows={handedOn(state)} empty={null} />
      <RowList desk={desk} name="hold" rows={onHold(state)} empty={null} />
      <RowList desk={desk} name="joined" rows={joined(state)} empty={null} />
      <RowList desk={desk} name="unanswered" rows={left} empty={null} />
      <RowList desk={desk} name="queue" rows={queue(state)} empty={words.lists.noQueue} />
      {left.length === 0 && (
        <RowList desk={desk} name="unanswered" rows={[]} empty={words.lists.noUnanswered} />
      )}
    </>
  );
}

function All({ desk }: { desk: Desk }) {
  const rows = overseen(desk.state);
  return <RowList desk={desk} name="overseen" rows={rows} empty={desk.words.lists.noOverseen} />;
}

type RowListProps = {
  desk: Desk;
  name:
    | "listed"
    | "mine"
    | "handed"
    | "hold"
    | "joined"
    | "queue"
    | "unanswered"
    | "overseen";
  rows: readonly Row[];
  /** What is said of an empty list; null: it is not there. */
  empty: string | null;
};

function RowList({ desk, name, rows, empty }: RowListProps) {
  const { words, state } = desk;
  if (rows.length === 0 && empty === null) return null;
  const rest = rows.length - ROWS_SHOWN_MAX;
  return (
    <ListSection title={words.lists[name]} count={rows.length} testId={`list-${name}`}>
      {rows.length === 0 && <p class="Lists-empty">{state.filled ? empty : words.lists.filling}</p>}
      <ul>
        {rows.slice(0, ROWS_SHOWN_MAX).map((row) => (
          <RowItem
            key={row.conversation}
            desk={desk}
            row={row}
            says={name === "overseen" ? "all" : "what_differs"}
          />
        ))}
      </ul>
      {rest > 0 && <p class="Lists-empty">{words.lists.more(rest)}</p>}
    </ListSection>
  );
}

type ListSectionProps = {
  title: string;
  count: number;
  testId: string;
  children: ComponentChildren;
};

export function ListSection({ title, count, testId, children }: ListSectionProps) {
  return (
    <section class="Lists-section" data-testid={testId}>
      <h2 class="Lists-title">
        {title} {count > 0 && <span class="Lists-count">{count}</span>}
      </h2>
      {children}
    </section>
  );
}

function noOffers({ state, words }: Desk): string {
  if (!state.filled) return words.lists.filling;
  switch (shownStatus(state)?.status) {
    case "busy":
      return words.lists.noOffersBusy;
    case "away":
      return words.lists.noOffersAway;
    case "available":
    case undefined:
      return words.lists.noOffers;
  }
}
