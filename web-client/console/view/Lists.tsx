/** The left column: offers, my conversations, unanswered, queue; for supervisors all of a line. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Row } from "../../client/index.ts";
import { mine, overseen, oversees, queue, unanswered } from "../core/select.ts";
import { shownStatus } from "../core/state.ts";
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
    </nav>
  );
}

function OwnDesk({ desk }: { desk: Desk }) {
  const { state, words } = desk;
  const left = unanswered(state);
  return (
    <>
      <Offers desk={desk} empty={noOffers(desk)} />
      <RowList desk={desk} name="mine" rows={mine(state)} empty={words.lists.noMine} />
      {left.length > 0 && <RowList desk={desk} name="unanswered" rows={left} empty="" />}
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
  name: "mine" | "queue" | "unanswered" | "overseen";
  rows: readonly Row[];
  empty: string;
};

function RowList({ desk, name, rows, empty }: RowListProps) {
  const { words, state } = desk;
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
  switch (shownStatus(state)) {
    case "busy":
      return words.lists.noOffersBusy;
    case "away":
      return words.lists.noOffersAway;
    case "available":
    case null:
      return words.lists.noOffers;
  }
}
