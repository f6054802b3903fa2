/** The offers to me, each with its countdown. */

import type { Row, RowOffer } from "../../client/index.ts";
import { offersToMe } from "../core/select.ts";
import { preview } from "../i18n/kind.ts";
import { ListSection } from "./Lists.tsx";
import { OfferButtons } from "./OfferButtons.tsx";
import { Choice } from "./Choice.tsx";
import { Countdown } from "./Countdown.tsx";
import "./Offers.css";
import { Since } from "./Since.tsx";
import { channelName, lineName, personName, type Desk } from "./desk.ts";

export function Offers({ desk, empty }: { desk: Desk; empty: string }) {
  const { words } = desk;
  const offers = offersToMe(desk.state);
  const newest = offers.at(-1)?.row;
  return (
    <ListSection title={words.lists.offers} count={offers.length} testId="list-offers">
      <p class="Hidden" aria-live="assertive">
        {newest && words.lists.newOffer(newest.customer_name, lineName(desk, newest.line))}
      </p>
      {offers.length === 0 && <p class="Lists-empty">{empty}</p>}
      <ul>
        {offers.map(({ row, offer }) => (
          <OfferCard key={row.conversation} desk={desk} row={row} offer={offer} />
        ))}
      </ul>
    </ListSection>
  );
}

function OfferCard({ desk, row, offer }: { desk: Desk; row: Row; offer: RowOffer }) {
  const { state, words, actions } = desk;
  const id = row.conversation;
  const via = viaWords(desk, row, offer);
  return (
    <li class="Offers-card" data-testid="offer" data-conversation={id} data-offer={offer.offer}>
      <button
        type="button"
        class="Offers-open"
        aria-current={state.chat?.conversation === id}
        data-testid="open"
        onClick={() => actions.open(id)}
      >
        <span class="Offers-top">
          <span class="Offers-name">{row.customer_name}</span>
          <Countdown desk={desk} until={offer.until} changed={row.updated_at} />
        </span>
        {via && (
          <span class="Offers-via" data-testid="via">
            {via}
          </span>
        )}
        <span class="Offers-preview">{preview(words, row)}</span>
        <span class="Offers-where">
          {row.waiting_since && (
            <>
              <Since desk={desk} at={row.waiting_since} in={words.row.waits} />
              {" · "}
            </>
          )}
          {lineName(desk, row.line)} · {channelName(desk, row.channel)}
        </span>
      </button>
      <div class="Offers-foot">
        <Choice desk={desk} row={row} />
        <OfferButtons desk={desk} conversation={id} offer={offer.offer} />
      </div>
    </li>
  );
}

/** Why he is asked, if it is not just his turn. */
function viaWords(desk: Desk, row: Row, offer: RowOffer): string | null {
  const says = desk.words.badges.via;
  switch (offer.via) {
    case "queue":
    case "hand":
      return null;
    case "responsible":
    case "known":
    case "return":
      return says[offer.via];
    case "transfer": {
      const handover = desk.state.work.handovers[row.conversation];
      const by = handover?.by ?? row.handed_by ?? "";
      return says.transfer(personName(desk, by), handover?.comment ?? null);
    }
    default:
      return offer.via satisfies never;
  }
}
